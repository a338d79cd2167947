// RL Logging Board: tokens of the response only, numbers one shorter than tokens.
import { expect, test } from 'vitest';
import { complaint, readText } from '../reading.ts';
import { dumps } from '../upstream/python.ts';
import { rlLoggingBoardRecords, rlLoggingBoardText } from '../upstream/rlLoggingBoard.ts';
import { ofResponse, partition, truth } from '../upstream/truth.ts';

const truths = truth(6);

test('what a line tells', () => {
  const { trajectories, report } = readText(rlLoggingBoardText(truths));
  expect(report.format?.name).toBe('rl-logging-board');
  for (const [i, t] of trajectories.entries()) {
    const of = truths[i]!;
    const withoutLast = (values: Float64Array): Float64Array =>
      Float64Array.from([...ofResponse(of, values), Number.NaN]);
    expect(t.tokens).toEqual([...ofResponse(of, of.tokens), '<PAD>']);
    expect([...t.roles]).toEqual([...ofResponse(of, of.roles), 4]);
    expect([...t.mask]).toEqual([...ofResponse(of, of.mask), 0]);
    expect(t.logProbs).toEqual(withoutLast(of.logProbs));
    expect(t.refLogProbs).toEqual(withoutLast(of.refLogProbs));
    expect(t.values).toEqual(withoutLast(of.values));
    expect(t.tokenRewards).toEqual(withoutLast(of.tokenRewards));
    expect([t.reward, t.step, t.extras, t.mismatch]).toEqual([of.reward, 7, { ref_reward: 0.5 }, undefined]);
    expect(t.texts?.prompt).toBe(of.texts.prompt);
  }
  expect(partition(trajectories)).toEqual(partition(truths));
});

test('as many numbers as tokens, and two fewer, which is noted', () => {
  const [full] = readText(rlLoggingBoardText(truths, 0)).trajectories;
  expect([full!.logProbs!.at(-1), full!.mismatch]).toEqual([-0.5, undefined]);
  const [short] = readText(rlLoggingBoardText(truths, 2)).trajectories;
  expect(short!.mismatch?.map(({ field }) => field)).toEqual([
    'logProbs',
    'refLogProbs',
    'values',
    'tokenRewards',
  ]);
});

test('without tokens, words stand in and numbers by token are left', () => {
  const { response_tokens: _, ...record } = rlLoggingBoardRecords(truths)[0]!;
  const [one] = readText(dumps(record)).trajectories;
  expect([one!.unit, one!.logProbs]).toEqual(['words', undefined]);
});

test('what is wrong is named', () => {
  const record = rlLoggingBoardRecords(truths)[0]!;
  expect(complaint(dumps({ ...record, logprobs: 'none' }))).toContain('logprobs: expected an array of');
  expect(complaint(dumps({ ...record, response_tokens: [5] }))).toContain(
    'response_tokens[0]: expected a text',
  );
});
