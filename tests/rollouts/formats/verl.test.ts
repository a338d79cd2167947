// verl: texts and scores; groups from equal inputs or from uid.
import { describe, expect, test } from 'vitest';
import { complaint, readText } from '../reading.ts';
import { partition, truth } from '../upstream/truth.ts';
import { verlText, verlUidText } from '../upstream/verl.ts';

const truths = truth(2);

describe('without uid', () => {
  const { trajectories, report } = readText(verlText(truths));

  test('it is recognised', () => expect(report.format?.name).toBe('verl'));

  test('words stand in for tokens', () => {
    for (const [i, t] of trajectories.entries()) {
      expect(t.unit).toBe('words');
      expect(t.tokens).toEqual(truths[i]!.tokens);
      expect(t.roles).toEqual(truths[i]!.roles);
      expect(t.mask).toEqual(truths[i]!.mask);
      expect([t.isMaskLogged, t.areRolesLogged]).toEqual([false, false]);
      expect(t.texts).toEqual(truths[i]!.texts);
    }
  });

  test('score, acc and other numbers', () => {
    expect(trajectories.map(({ reward }) => reward)).toEqual(truths.map(({ reward }) => reward));
    expect(trajectories.map(({ correct }) => correct)).toEqual(truths.map(({ correct }) => correct));
    expect(trajectories[0]!.extras).toEqual({
      acc: Number(truths[0]!.correct),
      format: truths[0]!.rewards.format,
    });
    expect(trajectories[0]!.step).toBe(7);
  });

  test('groups are those of the prompts, also in another order', () => {
    expect(partition(trajectories)).toEqual(partition(truths));
    const shuffled = truths.toSorted((a, b) => a.reward - b.reward);
    expect(partition(readText(verlText(shuffled)).trajectories)).toEqual(partition(shuffled));
  });
});

describe('with uid', () => {
  test('the sample is the group, outputs of one rollout belong together', () => {
    const { trajectories } = readText(verlUidText(truths, 2));
    expect(trajectories).toHaveLength(2 * truths.length);
    expect(trajectories.map(({ group }) => group)).toEqual(
      truths.flatMap(({ group }) => [`${group}_x`, `${group}_x`]),
    );
    expect(new Set(trajectories.map(({ rollout }) => rollout)).size).toBe(truths.length);
    expect(trajectories[0]!.rollout).toBe(trajectories[1]!.rollout);
  });

  test('a uid of another shape is the name of a rollout, and the prompt that of the group', () => {
    const line = (uid: string): string => `{"input":"a","output":"b","score":0,"uid":"${uid}"}\n`;
    const [one, other] = readText(line('5-abc') + line('x')).trajectories;
    expect([one!.rollout, other!.rollout]).toEqual(['5-abc', 'x']);
    expect(one!.group).toBe(other!.group);
  });
});

test('odd values', () => {
  const [one] = readText(
    '{"input":"","output":" \\n ","gts":{"a":[1]},"score":NaN,"step":null,"acc":0.5}',
  ).trajectories;
  expect([one!.length, one!.tokens, one!.reward, one!.correct]).toEqual([0, [], Number.NaN, undefined]);
  expect(one!.texts?.groundTruth).toBe('{"a":[1]}');
  expect(one!.step).toBeUndefined();
});

test('what is wrong is named', () => {
  expect(complaint('{"input":"a","output":"b","score":"0.5"}')).toContain(
    'line 1: score: expected a number or null, found "0.5"',
  );
  expect(complaint('{"input":"a","output":"b","score":1,"step":1.5}')).toContain('step: expected an integer');
  expect(complaint('{"input":"a","output":5,"score":1}', { format: 'verl' })).toContain(
    'output: expected a text, found 5',
  );
});
