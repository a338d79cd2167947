// Two objectives on the same tokens: cosine, turned signs, gains and losses, counted by hand.
import { expect, test } from 'vitest';
import { compareObjectives } from '../../src/audit/against.ts';
import type { ChosenObjective } from '../../src/audit/index.ts';
import { type ObjectiveName, objectives } from '../../src/objectives/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { trajectoryOf } from './trajectories.ts';

const chosen = (name: ObjectiveName, raw = {}): ChosenObjective => ({
  objective: objectives[name],
  options: objectives[name].parseOptions(raw),
  from: 'user',
});

const made = (line: number, reward: number, tokens: number): Trajectory =>
  trajectoryOf(line, [...new Array<'sample'>(tokens - 1).fill('sample'), 'decision'], { reward, group: 'g' });
const rollouts = [made(1, 1, 4), made(2, 0, 2)];

test('an objective against itself changes nothing', async () => {
  const same = await compareObjectives(() => rollouts, chosen('grpo'), chosen('grpo'));
  expect(same.cosine).toBeCloseTo(1, 15);
  expect(same).toMatchObject({ signTurns: [], signTurnCount: 0, gained: [], lost: [] });
});

test('grpo against its token mean', async () => {
  const { cosine, shares, gained, lost } = await compareObjectives(
    () => rollouts,
    chosen('grpo'),
    chosen('grpo', { aggregation: 'tokenMean' }),
  );
  // w ∝ 1/4 on 4 tokens, −1/2 on 2; against 1 and −1.
  expect(cosine).toBeCloseTo((4 / 4 + 2 / 2) / Math.sqrt((4 / 16 + 2 / 4) * 6), 12);
  expect(shares).toEqual({ sample: expect.closeTo(4 / 6, 12), decision: expect.closeTo(2 / 6, 12) });
  expect(gained).toHaveLength(4);
  expect(gained[0]).toMatchObject({
    line: 1,
    before: expect.closeTo(1 / 8, 12),
    after: expect.closeTo(1 / 6, 12),
  });
  expect(lost).toHaveLength(2);
  expect(lost[0]).toMatchObject({
    line: 2,
    before: expect.closeTo(1 / 4, 12),
    after: expect.closeTo(1 / 6, 12),
  });
});

test('signs that turn are counted, with the lines', async () => {
  const { signTurns, signTurnCount, cosine } = await compareObjectives(
    () => rollouts,
    chosen('reinforce', { baseline: 2 }),
    chosen('reinforce', { baseline: -1 }),
  );
  expect(signTurnCount).toBe(2);
  expect(signTurns).toEqual([
    { file: 'a.jsonl', line: 1 },
    { file: 'a.jsonl', line: 2 },
  ]);
  expect(cosine).toBeLessThan(0);
});

test('advantages are those of the formulas, also where others were logged', async () => {
  const logged = rollouts.map((trajectory) => ({ ...trajectory, advantage: 7 }));
  const { signTurnCount } = await compareObjectives(
    () => logged,
    chosen('grpo'),
    chosen('reinforce', { baseline: 0.5 }),
  );
  expect(signTurnCount).toBe(0);
});
