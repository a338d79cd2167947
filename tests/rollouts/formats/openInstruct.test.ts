// open-instruct: ids of prompt and response joined, the sampler's log-probs behind the prompt.
import { expect, test } from 'vitest';
import { complaint, readText } from '../reading.ts';
import { openInstructRecords, openInstructText } from '../upstream/openInstruct.ts';
import { dumps } from '../upstream/python.ts';
import { partition, truth } from '../upstream/truth.ts';

const truths = truth(4);

test('what a line tells', () => {
  const { trajectories, report } = readText(openInstructText(truths));
  expect(report.format?.name).toBe('open-instruct');
  for (const [i, t] of trajectories.entries()) {
    const { ids, roles, mask, samplerLogProbs, reward, advantage, truncated } = truths[i]!;
    expect(t).toMatchObject({ ids, roles, mask, samplerLogProbs, reward, advantage, truncated, step: 7 });
    expect([t.isMaskLogged, t.areRolesLogged, t.logProbs]).toEqual([false, false, undefined]);
  }
  expect(partition(trajectories)).toEqual(partition(truths));
  expect(trajectories.map(({ group }) => group)).toEqual(truths.map(({ group }) => group!.slice(1)));
});

test('an end token that was appended has NaN, and is listed', () => {
  const record = openInstructRecords(truths)[0]!;
  (record.logprobs as number[])[0] = Number.NaN;
  const [one] = readText(dumps(record)).trajectories;
  expect(one!.nan).toEqual([{ field: 'samplerLogProbs', token: truths[0]!.prompt }]);
});

test('without log-probs, without steps, aborted', () => {
  const record = { ...openInstructRecords(truths)[0]!, logprobs: null, step: null, finish_reason: 'abort' };
  const [one] = readText(dumps(record)).trajectories;
  expect([one!.samplerLogProbs, one!.step, one!.truncated, one!.failure]).toEqual([
    undefined,
    undefined,
    false,
    'abort',
  ]);
});

test('log-probs of another number than the response are noted', () => {
  const record = openInstructRecords(truths)[0]!;
  const [one] = readText(dumps({ ...record, logprobs: [] })).trajectories;
  expect(one!.mismatch).toEqual([{ field: 'samplerLogProbs', found: 0 }]);
});

test('what is wrong is named', () => {
  const record = openInstructRecords(truths)[0]!;
  expect(complaint(dumps({ ...record, prompt_idx: '3' }))).toContain('prompt_idx: expected an integer');
  expect(complaint(dumps({ ...record, response_tokens: 'abc' }))).toContain(
    'response_tokens: expected an array of token ids, found "abc"',
  );
});
