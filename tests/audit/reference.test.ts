// The weights that an audit computes piece by piece are those of the objective on the whole batch, to the bit.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChosenObjective, runRules, type TokenView } from '../../src/audit/index.ts';
import { defineObjective, objectives, type TokenBatch } from '../../src/objectives/index.ts';
import { ROLES, type Trajectory } from '../../src/rollouts/index.ts';

const SAMPLE = ROLES.indexOf('sample');
const DECISION = ROLES.indexOf('decision');

const logProb = fc.double({ min: -3, max: -0.01, noNaN: true });
const drawn = fc.record({
  tokens: fc.array(
    fc.record({
      now: logProb,
      old: logProb,
      reference: logProb,
      sampler: logProb,
      isDecision: fc.boolean(),
      mask: fc.boolean(),
    }),
    { maxLength: 7 },
  ),
  reward: fc.double({ min: -1, max: 1, noNaN: true }),
  format: fc.double({ min: 0, max: 1, noNaN: true }),
});
/** Groups of two or three. */
const groups = fc.array(fc.array(drawn, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 4 });

function trajectoriesOf(
  drawnGroups: readonly (readonly (typeof drawn extends fc.Arbitrary<infer T> ? T : never)[])[],
): Trajectory[] {
  return drawnGroups.flatMap((members, g) =>
    members.map(({ tokens, reward, format }, i) => ({
      place: { file: 'a', line: 10 * g + i + 1 },
      length: tokens.length,
      unit: 'tokens' as const,
      roles: Uint8Array.from(tokens, ({ isDecision }) => (isDecision ? DECISION : SAMPLE)),
      mask: Uint8Array.from(tokens, ({ mask }) => Number(mask)),
      isMaskLogged: true,
      areRolesLogged: true,
      attempt: new Int32Array(tokens.length),
      logProbs: Float64Array.from(tokens, ({ now }) => now),
      oldLogProbs: Float64Array.from(tokens, ({ old }) => old),
      refLogProbs: Float64Array.from(tokens, ({ reference }) => reference),
      samplerLogProbs: Float64Array.from(tokens, ({ sampler }) => sampler),
      rewards: { answer: reward - format, format },
      reward,
      group: `g${g}`,
    })),
  );
}

function batchOf(trajectories: readonly Trajectory[]): TokenBatch {
  const all = (of: (t: Trajectory) => Float64Array): Float64Array =>
    Float64Array.from(trajectories.flatMap((t) => [...of(t)]));
  const offsets = [0];
  for (const { length } of trajectories) offsets.push(offsets.at(-1)! + length);
  return {
    offsets: Int32Array.from(offsets),
    logProb: all((t) => t.logProbs!),
    oldLogProb: all((t) => t.oldLogProbs!),
    refLogProb: all((t) => t.refLogProbs!),
    samplerLogProb: all((t) => t.samplerLogProbs!),
    rewards: ['answer', 'format'].map((name) => Float64Array.from(trajectories, (t) => t.rewards![name]!)),
    mask: Uint8Array.from(trajectories.flatMap((t) => [...t.mask])),
    component: Uint8Array.from(
      trajectories.flatMap((t) => [...t.roles].map((role) => Number(role === DECISION))),
    ),
    attempt: new Int32Array(offsets.at(-1)!),
    reward: Float64Array.from(trajectories, (t) => t.reward!),
    group: Int32Array.from(trajectories, (t) => Number(t.group!.slice(1))),
  };
}

async function weightsOf(trajectories: readonly Trajectory[], chosen: ChosenObjective): Promise<number[]> {
  const views: TokenView[] = [];
  await runRules([], () => trajectories, { chosen }, [{ second: (view) => views.push(view) }]);
  return views.flatMap(({ weights, trajectory }) => [
    ...(weights ?? new Float64Array(trajectory.length).fill(Number.NaN)),
  ]);
}

test.each(Object.values(objectives))('$name', async (objective) => {
  const options = objective.parseOptions({
    ...('beta' in objective.options ? { beta: 0.1 } : {}),
    ...('klPlacement' in objective.options ? { klPlacement: 'reward' } : {}),
  });
  await fc.assert(
    fc.asyncProperty(groups, async (drawnGroups) => {
      const trajectories = trajectoriesOf(drawnGroups);
      const expected = [...objective.weights(batchOf(trajectories), options)];
      expect(await weightsOf(trajectories, { objective, options, from: 'user' })).toEqual(expected);
      // One of the user's, without steps, is given its batch as a whole.
      const { parts: _, ...whole } = objective;
      expect(
        await weightsOf(trajectories, { objective: defineObjective(whole), options, from: 'user' }),
      ).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('logged advantages are taken, one of a trajectory or one of a token, and clips keep to their signs', async () => {
  const objective = objectives.grpo;
  const options = objective.parseOptions({});
  const ratio = (r: number): number => Math.log(r);
  const one: Trajectory = {
    place: { file: 'a', line: 1 },
    length: 4,
    unit: 'tokens',
    roles: new Uint8Array(4).fill(SAMPLE),
    mask: Uint8Array.of(1, 1, 1, 1),
    isMaskLogged: true,
    areRolesLogged: true,
    logProbs: Float64Array.of(ratio(1.5), ratio(1.5), ratio(0.5), ratio(0.5)),
    oldLogProbs: new Float64Array(4),
    group: 'a',
    advantage: Float64Array.of(2, -2, 2, -2),
  };
  const chosen: ChosenObjective = { objective, options, from: 'user' };
  // Clipped: a good token above 1.2, a bad one below 0.8.
  expect(await weightsOf([one], chosen)).toEqual([
    0,
    (-2 * Math.exp(ratio(1.5))) / 4,
    (2 * Math.exp(ratio(0.5))) / 4,
    0,
  ]);
  expect((await weightsOf([{ ...one, advantage: 2 }], chosen))[0]).toBe(0);
  expect((await weightsOf([{ ...one, advantage: -2 }], chosen))[0]).toBe((-2 * Math.exp(ratio(1.5))) / 4);
  // Neither rewards nor advantages: no weights.
  const { advantage: _, ...bare } = one;
  expect(await weightsOf([bare], chosen)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
});

test('a reward function that the first line lacks counts for the others, whatever the order of the lines', async () => {
  const objective = objectives.gdpo;
  const options = objective.parseOptions({ rewardWeights: [1, 0.5], attemptCost: 0.1 });
  const made = (line: number, rewards: Record<string, number>): Trajectory => ({
    place: { file: 'a', line },
    length: 3,
    unit: 'tokens',
    roles: new Uint8Array(3).fill(SAMPLE),
    mask: Uint8Array.of(1, 1, 1),
    isMaskLogged: true,
    areRolesLogged: true,
    attempt: Int32Array.of(0, 0, line % 2),
    reward: Object.values(rewards).reduce((sum, x) => sum + x, 0),
    rewards,
    group: 'a',
  });
  const lines = [
    made(1, { answer: 1 }),
    made(2, { answer: 1, format: 0 }),
    made(3, { answer: 0, format: 1 }),
    made(4, { answer: 0.2, format: 1 }),
  ];
  const chosen: ChosenObjective = { objective, options, from: 'user' };
  const first = await weightsOf(lines, chosen);
  const last = await weightsOf([...lines.slice(1), lines[0]!], chosen);
  expect(first.slice(0, 3)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(first.slice(3).every((w) => Number.isFinite(w) && w !== 0)).toBe(true);
  expect([...first.slice(3), ...first.slice(0, 3)]).toEqual(last);
});

test('reward functions go by their names, in whatever order a line has them', async () => {
  const { parts: _, ...whole } = objectives.gdpo;
  const options = objectives.gdpo.parseOptions({ rewardWeights: [1, 0.25] });
  const drawnGroup = [0, 1, 2].map((k) => ({
    tokens: [{ now: -1, old: -1, reference: -1, sampler: -1, isDecision: false, mask: true }],
    reward: [0.1, 0.7, 0.9][k]!,
    format: [0.9, 0.2, 0.4][k]!,
  }));
  const lines = trajectoriesOf([drawnGroup]);
  const turned = lines.map((line, i) =>
    i === 1 ? { ...line, rewards: { format: line.rewards!.format!, answer: line.rewards!.answer! } } : line,
  );
  for (const objective of [objectives.gdpo, defineObjective(whole)]) {
    const chosen: ChosenObjective = { objective, options, from: 'user' };
    expect(await weightsOf(turned, chosen)).toEqual(await weightsOf(lines, chosen));
  }
});
