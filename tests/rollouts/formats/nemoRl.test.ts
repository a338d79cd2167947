// NeMo-RL: the leading axis, padding on the right, placeholders, and what dynamic sampling does to the lines.
import { describe, expect, test } from 'vitest';
import { complaint, readText } from '../reading.ts';
import { nemoRlFilteredText, nemoRlRecords, nemoRlText, nemoRlValidationText } from '../upstream/nemoRl.ts';
import { dumps } from '../upstream/python.ts';
import { partition, truth } from '../upstream/truth.ts';

const truths = truth(3);
const source = 'logs/exp_001/train_data_step41.jsonl';

describe('training', () => {
  const { trajectories, report } = readText(nemoRlText(truths, [2]), { source });

  test('it is recognised', () => expect(report.format?.name).toBe('nemo-rl'));

  test('ids, roles and lengths without the padding', () => {
    for (const [i, t] of trajectories.entries()) {
      expect(t.ids).toEqual(truths[i]!.ids);
      expect(t.roles).toEqual(truths[i]!.roles);
      expect(t.length).toBe(truths[i]!.length);
      expect(t.mismatch).toBeUndefined();
      expect(t.nan).toBeUndefined();
    }
  });

  test('a sample that is left out has mask 0', () => {
    expect(trajectories.map(({ mask }) => [...mask])).toEqual(
      truths.map(({ mask }, i) => (i === 2 ? [...mask].map(() => 0) : [...mask])),
    );
    expect(trajectories[2]!.extras).toEqual({ sample_loss_mask: 0 });
  });

  test('log-probs: none where nothing was generated, none on the first token', () => {
    for (const [i, t] of trajectories.entries()) {
      expect(t.samplerLogProbs).toEqual(truths[i]!.samplerLogProbs);
      const old = truths[i]!.oldLogProbs.map((x, p) => (p > 0 && Number.isNaN(x) ? -1.5 : x));
      expect(t.oldLogProbs).toEqual(old);
      expect([t.logProbs, t.refLogProbs]).toEqual([undefined, undefined]);
    }
  });

  test('rewards, advantages, the step of the name', () => {
    expect(trajectories.map(({ reward }) => reward)).toEqual(truths.map(({ reward }) => reward));
    expect(trajectories[1]!.advantage).toEqual(
      new Float64Array(truths[1]!.length).fill(truths[1]!.advantage),
    );
    expect(trajectories.map(({ step }) => step)).toEqual(truths.map(() => 41));
    expect(readText(nemoRlText(truths)).trajectories[0]!.step).toBeUndefined();
  });

  test('groups are those of the prompts', () => {
    expect(partition(trajectories)).toEqual(partition(truths));
  });
});

test('a placeholder under the mask stays, for it is a mistake', () => {
  const [record] = nemoRlRecords(truths);
  const first = truths[0]!.prompt;
  (record!.generation_logprobs as number[][])[0]![first] = 0;
  const [one] = readText(dumps(record)).trajectories;
  expect(one!.samplerLogProbs![first]).toBe(0);
});

test('with dynamic sampling the kept rewards count, and lines without a sample are passed over', () => {
  const before = truths.map(() => -9);
  const { trajectories, report } = readText(nemoRlFilteredText(truths, before));
  expect(report.lines).toBe(2 * truths.length);
  expect(trajectories.map(({ reward }) => reward)).toEqual(truths.map(({ reward }) => reward));
});

test('validation has messages: those after the first answer are no prompt', () => {
  const { trajectories } = readText(nemoRlValidationText(truths), { source: 'val_data_step5.jsonl' });
  const [one] = trajectories;
  const { prompt, length, tokens, texts } = truths[0]!;
  const answer = new Array<number>(length - prompt).fill(1);
  expect([...one!.roles]).toEqual([0, 0, ...new Array<number>(prompt).fill(0), ...answer, 3, 3, 3, 1]);
  expect([...one!.mask]).toEqual([...one!.roles].map((role) => (role === 1 ? 1 : 0)));
  expect(one!.tokens).toEqual(['Be', 'brief.', ...tokens, 'that', 'was', 'wrong', 'sorry']);
  expect(one!.texts).toEqual({
    prompt: `Be brief.\n${texts.prompt}`,
    output: `${texts.output}\nsorry`,
    outputParts: 2,
  });
  expect([one!.unit, one!.step, one!.reward]).toEqual(['words', 5, truths[0]!.reward]);
  expect(partition(trajectories)).toEqual(partition(truths));
});

test('arrays of another length are kept and noted', () => {
  const record = nemoRlRecords(truths)[0]!;
  const width = (record.token_ids as number[][])[0]!.length;
  const short = { ...record, prev_logprobs: [[0, -1]] };
  const [one] = readText(dumps(short)).trajectories;
  expect(one!.mismatch).toEqual([{ field: 'oldLogProbs', found: 2 }]);
  expect([...one!.oldLogProbs!].slice(0, 3)).toEqual([Number.NaN, -1, Number.NaN]);
  expect(width).toBeGreaterThan(2);
});

test('NaN in the padding is not listed', () => {
  const record = nemoRlRecords(truths).find(
    (_, i) => truths[i]!.length < Math.max(...truths.map((t) => t.length)),
  )!;
  (record.prev_logprobs as number[][])[0]![(record.input_lengths as number[])[0]!] = Number.NaN;
  expect(readText(dumps(record)).trajectories[0]!.nan).toBeUndefined();
  (record.prev_logprobs as number[][])[0]![1] = Number.NaN;
  expect(readText(dumps(record)).trajectories[0]!.nan).toEqual([{ field: 'oldLogProbs', token: 1 }]);
});

test('what is wrong is named', () => {
  const record = nemoRlRecords(truths)[0]!;
  const said = (change: object): string => complaint(dumps({ ...record, ...change }));
  expect(said({ input_lengths: [10_000] })).toContain('line 1: input_lengths: expected an integer from 0 to');
  expect(said({ token_ids: [[1], [2]] })).toContain(
    'token_ids: expected an array of one sample, found an array of 2',
  );
  expect(said({ token_ids: [['a']] })).toContain('token_ids[0][0]: expected a token id, found "a"');
  expect(said({ generation_logprobs: [['x']] })).toContain(
    'generation_logprobs[0][0]: expected a number or null',
  );
  expect(said({ rewards: ['x'] })).toContain('rewards: expected one number');
  expect(said({ token_loss_mask: [[2]] })).toContain('token_loss_mask[0][0]: expected 0 or 1, found 2');
});
