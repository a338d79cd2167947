// The variance budget from rollouts of a tabular policy against its exact value (C3), and where there is none to find.
import { describe, expect, test } from 'vitest';
import { evaluatedPolicy, rewardBudget } from '../../src/attribution/index.ts';
import { forEachTrajectory } from '../../src/attribution/trajectories.ts';
import { binaryDecisions } from '../../src/audit/binaryDecisions.ts';
import { runRules } from '../../src/audit/index.ts';
import { VarianceBudgetEstimate, type VarianceShares } from '../../src/audit/varianceBudget.ts';
import { categorical, randomStream } from '../../src/base/random.ts';
import { randomPolicy } from '../../src/policy/index.ts';
import { ROLES, type Trajectory } from '../../src/rollouts/index.ts';
import { attemptsOf } from '../../src/rollouts/labels/attempts.ts';

const SHAPE = { attempts: 2, length: 1, vocabulary: 2 };
const GROUP = 8;

/** A policy whose trajectories can be drawn, with its exact shares. */
function world(seed: number) {
  const policy = evaluatedPolicy(randomPolicy(SHAPE, seed));
  const { graph, logProb, reward } = policy;
  const componentOf = new Uint8Array(graph.edges);
  for (const { edgeStart, source, component } of graph.layers) {
    componentOf.fill(component === 'decision' ? 1 : 0, edgeStart, edgeStart + source.length);
  }
  const leaves: { path: Int32Array; probability: number; reward: number }[] = [];
  forEachTrajectory(graph, (leaf, path) => {
    const sum = path.reduce((total, edge) => total + logProb[edge]!, 0);
    leaves.push({ path: path.slice(), probability: Math.exp(sum), reward: reward[leaf]! });
  });
  const { budget, variance } = rewardBudget(policy);
  return { leaves, logProb, componentOf, share: budget.decision / variance, variance };
}

type World = ReturnType<typeof world>;

/** Rollouts of a policy in groups of 8. */
function draw({ leaves, logProb, componentOf }: World, groups: number, seed: number): Trajectory[] {
  const random = randomStream(seed, 'rollouts');
  const probabilities = leaves.map(({ probability }) => probability);
  return Array.from({ length: groups * GROUP }, (_, i) => {
    const leaf = leaves[categorical(probabilities, random)]!;
    const { path } = leaf;
    const isDecision = Array.from(path, (edge) => componentOf[edge] === 1);
    return {
      place: { file: 'drawn.jsonl', line: i + 1 },
      length: path.length,
      unit: 'tokens' as const,
      roles: Uint8Array.from(isDecision, (is) => ROLES.indexOf(is ? 'decision' : 'sample')),
      mask: new Uint8Array(path.length).fill(1),
      isMaskLogged: true,
      areRolesLogged: true,
      samplerLogProbs: Float64Array.from(path, (edge) => logProb[edge]!),
      reward: leaf.reward,
      group: `g${Math.floor(i / GROUP)}`,
    };
  });
}

async function estimate(trajectories: readonly Trajectory[]): Promise<VarianceShares | undefined> {
  const budget = new VarianceBudgetEstimate();
  const { summary } = await runRules([], () => trajectories, {}, [budget]);
  return budget.judge(summary);
}

const ALL_SEEDS = Array.from({ length: 60 }, (_, k) => k);

describe('against the exact share: with two histories before a decision, 1 and p − 1/2 say all', () => {
  const one = world(3);

  test('the policy has something to find', () => {
    expect(one.share).toBeGreaterThan(0.02);
    expect(one.share).toBeLessThan(0.98);
  });

  test('it is unbiased within 4 standard errors, and the interval of 95 % has the share in at least 85 % of 60 draws', async () => {
    const found = await Promise.all(ALL_SEEDS.map((seed) => estimate(draw(one, 60, seed))));
    const shares = found.map((shares) => shares!.decision);
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    const error = Math.sqrt(
      shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / shares.length / (shares.length - 1),
    );
    expect(Math.abs(mean - one.share)).toBeLessThan(4 * error);
    const inside = found.filter((shares) => shares!.ci95[0] <= one.share && one.share <= shares!.ci95[1]);
    // Under 95 %, fewer than 51 of 60 have a probability of 0.2 %.
    expect(inside.length).toBeGreaterThanOrEqual(51);
    for (const shares of found) expect(shares!.sample + shares!.decision).toBeCloseTo(1, 12);
  });

  test('more rollouts make it narrower', async () => {
    const width = ({ ci95: [low, high] }: VarianceShares): number => high - low;
    const [few, many] = await Promise.all([estimate(draw(one, 20, 1)), estimate(draw(one, 500, 1))]);
    expect(width(many!)).toBeLessThan(0.5 * width(few!));
    expect(Math.abs(many!.decision - one.share)).toBeLessThan(width(many!));
  });
});

test('control: where rewards are those of another rollout of the group, decisions have no share', async () => {
  const one = world(3);
  const found = await Promise.all(
    ALL_SEEDS.map((seed) => {
      const rollouts = draw(one, 60, seed);
      const other = draw(one, 60, 1000 + seed);
      return estimate(rollouts.map((t, i) => ({ ...t, reward: other[i]!.reward! })));
    }),
  );
  const shares = found.map((shares) => shares!.decision);
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const error = Math.sqrt(
    shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / shares.length / (shares.length - 1),
  );
  expect(Math.abs(mean)).toBeLessThan(4 * error);
  expect(mean).toBeLessThan(one.share / 4);
  expect(
    found.filter((shares) => shares!.ci95[0] <= 0 && 0 <= shares!.ci95[1]).length,
  ).toBeGreaterThanOrEqual(51);
});

test('decisions that are labelled only where the rollout stops give no budget, nor do few groups or rewards that are all equal', async () => {
  const one = world(3);
  const rollouts = draw(one, 60, 1);
  const sample = ROLES.indexOf('sample');
  const oneWay = rollouts.map((t) => (t.length > 2 ? { ...t, roles: t.roles.map(() => sample) } : t));
  expect(await estimate(oneWay)).toBeUndefined();
  expect(await estimate(draw(one, 7, 1))).toBeUndefined();
  expect(await estimate(rollouts.map((t) => ({ ...t, reward: 1 })))).toBeUndefined();
  expect(await estimate(rollouts.map(({ samplerLogProbs: _, ...t }) => t))).toBeUndefined();
});

describe('a decision that a cut trajectory ends with', () => {
  const [SAMPLE, DECISION, EOS, PAD] = (['sample', 'decision', 'eos', 'pad'] as const).map((role) =>
    ROLES.indexOf(role),
  ) as [number, number, number, number];
  const decisionsOf = (roles: readonly number[], truncated: boolean) => {
    const trajectory: Trajectory = {
      place: { file: 'cut.jsonl', line: 1 },
      length: roles.length,
      unit: 'tokens',
      roles: Uint8Array.from(roles),
      mask: new Uint8Array(roles.length).fill(1),
      isMaskLogged: true,
      areRolesLogged: true,
      samplerLogProbs: new Float64Array(roles.length).fill(-0.5),
      truncated,
    };
    return binaryDecisions({ trajectory, attempt: attemptsOf(trajectory) });
  };

  test.each([
    ['is left out', [SAMPLE, DECISION], 0, true],
    ['is left out before padding', [SAMPLE, DECISION, PAD], 0, true],
    ['is known if an end follows', [SAMPLE, DECISION, EOS], 1, false],
    ['leaves those before it', [SAMPLE, DECISION, SAMPLE, DECISION], 1, true],
    ['is known if an attempt is cut', [SAMPLE, DECISION, SAMPLE], 1, false],
  ] as const)('%s', (_, roles, known, undecided) => {
    const cut = decisionsOf(roles, true);
    expect([cut.known.length, cut.undecided]).toEqual([known, undecided]);
    expect(decisionsOf(roles, false).undecided).toBe(false);
  });
});
