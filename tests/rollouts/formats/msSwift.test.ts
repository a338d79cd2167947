// ms-swift: batches by column are turned into rows.
import { expect, test } from 'vitest';
import { complaint, readText } from '../reading.ts';
import { msSwiftMegatronText, msSwiftRayText, msSwiftRecord, msSwiftText } from '../upstream/msSwift.ts';
import { dumps } from '../upstream/python.ts';
import { partition, truth } from '../upstream/truth.ts';

const truths = truth(5);

test('a line a batch', () => {
  const { trajectories, report } = readText(msSwiftText(truths, 5));
  expect(report.format?.name).toBe('ms-swift');
  expect([report.lines, report.trajectories]).toEqual([3, 12]);
  expect(trajectories.map(({ place }) => [place.line, place.entry]).slice(3, 7)).toEqual([
    [1, 3],
    [1, 4],
    [2, 0],
    [2, 1],
  ]);
  for (const [i, t] of trajectories.entries()) {
    const { tokens, roles, mask, advantage, texts, rewards, reward } = truths[i]!;
    expect(t).toMatchObject({ unit: 'words', tokens, roles, mask, advantage, texts, step: 7, reward });
    expect(t.rewards).toEqual({ CosineReward: rewards.accuracy, Format: rewards.format });
    expect(t.extras).toEqual({ num_turns: i % 5, entropy: 0.25 });
  }
  expect(partition(trajectories)).toEqual(partition(truths));
});

test('Megatron and Ray', () => {
  const megatron = readText(msSwiftMegatronText(truths)).trajectories;
  expect(megatron.map(({ step, advantage }) => [step, advantage])).toEqual(
    truths.map(({ advantage }) => [7, advantage]),
  );
  const ray = readText(msSwiftRayText(truths));
  expect(ray.report.format?.name).toBe('ms-swift');
  expect(ray.trajectories.map(({ reward, texts }) => [reward, texts?.output])).toEqual(
    truths.map(({ reward, texts }) => [reward, texts.output]),
  );
});

test('a reward that did not score is not added', () => {
  const record = { ...msSwiftRecord(truths.slice(0, 2)), Format: [null, Number.NaN] };
  for (const { reward, rewards } of readText(dumps(record)).trajectories) {
    expect([reward, rewards!.Format]).toEqual([rewards!.CosineReward, Number.NaN]);
  }
});

test('columns of another length are kept and noted', () => {
  const record = { ...msSwiftRecord(truths.slice(0, 3)), advantages: [0.5] };
  const { trajectories } = readText(dumps(record));
  expect(trajectories.map(({ advantage }) => advantage)).toEqual([0.5, Number.NaN, Number.NaN]);
  expect(trajectories[2]!.mismatch).toEqual([{ field: 'advantages', found: 1 }]);
});

test('what is wrong is named', () => {
  const record = msSwiftRecord(truths.slice(0, 2));
  const said = (change: object): string => complaint(dumps({ ...record, ...change }));
  expect(said({ completion: ['a'] })).toContain(
    'completion: expected an array of 2, one completion a prompt',
  );
  expect(said({ completion: ['a', 5] })).toContain('completion[1]: expected a text, found 5');
  expect(said({ step: ['1', 'x'] })).toContain('step[1]: expected a step, found "x"');
  expect(said({ Format: ['a', 'b'] })).toContain('Format: expected an array of numbers');
  expect(said({ advantages: ['a', 'b'] })).toContain('advantages: expected an array of numbers');
});
