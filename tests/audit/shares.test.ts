// Shares of Σ|w| and Σw, counted by hand.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WeightHistogram } from '../../src/audit/histogram.ts';
import { audit, runRules } from '../../src/audit/index.ts';
import { ShareObserver, type Shares } from '../../src/audit/shares.ts';
import { objectives } from '../../src/objectives/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { trajectoryOf } from './trajectories.ts';

async function sharesOf(trajectories: readonly Trajectory[], setting = {}): Promise<Shares | undefined> {
  const observer = new ShareObserver();
  await runRules([], () => trajectories, setting, [observer]);
  return observer.shares();
}

test('by component, attempt, length and outcome, of logged weights', async () => {
  const shares = await sharesOf([
    trajectoryOf(1, ['prompt', 'sample', 'decision', 'sample', 'decision', 'eos'], {
      weights: Float64Array.of(0, 3, -1, 2, 1, 0),
      correct: true,
    }),
    trajectoryOf(2, ['prompt', 'sample', 'decision'], {
      weights: Float64Array.of(0, -2, -1),
      correct: false,
    }),
  ]);
  expect(shares).toMatchObject({
    from: 'loggedWeights',
    weight: { sample: 7 / 10, decision: 3 / 10 },
    mass: { sample: 3 / 10, decision: -1 / 10 },
    byTerm: {},
    byAttempt: [7 / 10, 3 / 10],
    byOutcome: { correct: 7 / 10, wrong: 3 / 10 },
    // Three tokens each.
    decisionOverSample: 3 / 7,
  });
  expect(shares!.byLength.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
  expect(shares!.heaviest[0]).toEqual({ file: 'a.jsonl', line: 1, from: 1, to: 2, weight: 3 });
  expect(shares!.heaviest.map(({ weight }) => Math.abs(weight))).toEqual([3, 2, 2, 1, 1, 1]);
});

test('by term of the declared loss, at the advantages of its formula', async () => {
  const objective = objectives.rloo;
  const options = objective.parseOptions({ beta: 0.5, klPlacement: 'loss', klEstimator: 'k2' });
  const made = (line: number, reward: number): Trajectory =>
    trajectoryOf(line, ['sample'], {
      reward,
      group: 'g',
      logProbs: Float64Array.of(-1),
      refLogProbs: Float64Array.of(-2),
    });
  const shares = await sharesOf([made(1, 1), made(2, 0)], { chosen: { objective, options, from: 'user' } });
  // |A| = 1 on each token, and β·δ = 0.5.
  expect(shares).toMatchObject({ from: 'formula', byTerm: { policy: 1 / 1.5, kl: 0.5 / 1.5 } });
});

test('logged weights of some lines are not added to those of the objective', async () => {
  const objective = objectives.rloo;
  const chosen = { objective, options: objective.parseOptions({}), from: 'user' };
  const given = { group: 'g', logProbs: Float64Array.of(-1, -1) };
  const trajectories = [
    trajectoryOf(1, ['sample', 'decision'], { ...given, reward: 1 }),
    trajectoryOf(2, ['sample', 'decision'], { ...given, reward: 0, weights: Float64Array.of(-30, -10) }),
  ];
  expect(await sharesOf(trajectories, { chosen })).toMatchObject({
    from: 'loggedWeights',
    weight: { sample: 3 / 4, decision: 1 / 4 },
    mass: { sample: -3 / 4, decision: -1 / 4 },
  });
  const read = () => ({ format: 'x', skipped: 0, unit: 'tokens' as const, components: {} });
  const { warnings } = await audit(() => trajectories, { read, rules: [] });
  expect(warnings).toEqual([
    '1 trajectories lack the weights that others have logged and are left out of the shares',
  ]);
});

test('without weights there are no shares', async () => {
  expect(await sharesOf([trajectoryOf(1, ['sample'], { reward: 1 })])).toBeUndefined();
});

describe('the tokens that carry half of Σ|w|', () => {
  test('are as many as sorting says, to the width of a bin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (weights) => {
          const histogram = new WeightHistogram();
          for (const w of weights) histogram.add(w);
          const total = weights.reduce((sum, w) => sum + w, 0);
          const found = histogram.halfOf(total, weights.length) * weights.length;
          let left = total / 2;
          let expected = 0;
          for (const w of weights.toSorted((a, b) => b - a)) {
            expected += Math.min(1, Math.max(0, left / w));
            left -= w;
          }
          // Tokens of one bin are taken as equal, which they are to 1 %.
          expect(Math.abs(found - expected)).toBeLessThanOrEqual(0.011 * weights.length * 0.5 + 1e-9);
        },
      ),
    );
  });

  test('equal weights: half of the tokens; one giant: half a token', () => {
    const equal = new WeightHistogram();
    for (let i = 0; i < 10; i++) equal.add(2);
    expect(equal.halfOf(20, 10)).toBeCloseTo(0.5, 12);
    const giant = new WeightHistogram();
    giant.add(1e9);
    for (let i = 0; i < 9; i++) giant.add(1e-9);
    expect(giant.halfOf(1e9, 10)).toBeCloseTo(0.05, 9);
    expect(new WeightHistogram().halfOf(0, 10)).toBeNaN();
  });
});
