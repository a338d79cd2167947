// Dueling: the closed forms, the stop, the method on processes whose best policy is known, and the lab at one seed.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { useKernels } from '../../src/autodiff/index.ts';
import { completeOptions, ofOwner } from '../../src/base/options.ts';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { type BsadResult, bsad } from '../../src/labs/bsad/bsad.ts';
import { anytime, direct, everyLook, logistic, lotteryChance } from '../../src/labs/bsad/duel.ts';
import { bsad as lab } from '../../src/labs/bsad/lab.ts';
import { actionValues, decisions, equalGaps, lottery, optimalPolicy } from '../../src/labs/bsad/mdp.ts';
import { exponent } from '../../src/labs/bsad/measure.ts';
import { trainRloo } from '../../src/labs/bsad/rloo.ts';
import { rollIn, uniformRollIn } from '../../src/labs/bsad/rollIn.ts';
import type { LabSeed } from '../../src/labs/lab.ts';
import { standing } from '../../src/labs/verdict.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

function finish<T>(steps: Generator<unknown, T>): T {
  let next = steps.next();
  while (next.done !== true) next = steps.next();
  return next.value;
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);

describe('the stop', () => {
  test('is the mixture of likelihood ratios: 2ⁿ/((n + 1)·C(n, w)) against 1/δ', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        (duels, delta) => {
          const stop = anytime(delta);
          for (const isWin of duels) stop.add(isWin);
          const n = duels.length;
          const evidence = 2 ** n / ((n + 1) * choose(n, duels.filter(Boolean).length));
          // n roundings of the product and of the binomial coefficient
          fc.pre(Math.abs(evidence * delta - 1) > 4 * n * Number.EPSILON);
          expect(stop.isEnough()).toBe(evidence * delta >= 1);
        },
      ),
    );
  });

  /** The exact chance that a stop within n duels says that the wrong side is ahead, by the distribution over paths, at p = ½. */
  function wrongWithin(n: number, make: () => ReturnType<typeof anytime>): number {
    // The rules look at wins and losses alone, so that a path is its counts.
    const stops = (w: number, l: number): boolean => {
      const stop = make();
      for (let i = 0; i < w + l; i++) stop.add(i < w);
      return stop.isEnough();
    };
    let open = new Map([[0, 1]]);
    let wrong = 0;
    for (let k = 1; k <= n; k++) {
      const next = new Map<number, number>();
      for (const [w, p] of open) {
        for (const wins of [w, w + 1]) {
          if (!stops(wins, k - wins)) next.set(wins, (next.get(wins) ?? 0) + p / 2);
          else if (2 * wins > k) wrong += p / 2;
        }
      }
      open = next;
    }
    return wrong;
  }

  test('errs in a share of at most δ at all times, where a test for one look does not', () => {
    const delta = 0.1;
    expect(wrongWithin(120, () => anytime(delta))).toBeLessThanOrEqual(delta);
    // z with P(Z > z) = 0.1
    expect(wrongWithin(120, () => everyLook(1.2816))).toBeGreaterThan(2 * delta);
  });
});

describe('preferences', () => {
  test('the lottery: 0.4 alone, 0.7265 in batches of 25, ties count one half', () => {
    expect(lotteryChance(1)).toBeCloseTo(0.4, 14);
    expect(lotteryChance(2)).toBeCloseTo(1 - 0.36, 14);
    // k = 1 of 3 is a tie: 3·0.4·0.36/2 + 3·0.16·0.6 + 0.064
    expect(lotteryChance(3)).toBeCloseTo(0.216 + 0.288 + 0.064, 14);
    const atLeastNine = Array.from(
      { length: 17 },
      (_, i) => choose(25, 9 + i) * 0.4 ** (9 + i) * 0.6 ** (16 - i),
    );
    expect(lotteryChance(25)).toBeCloseTo(
      atLeastNine.reduce((a, b) => a + b, 0),
      13,
    );
    expect(lotteryChance(25)).toBeGreaterThan(0.726);
  });

  test('a tie is a coin, a difference is not; a logistic judge errs', () => {
    const random = randomStream(1, 'test');
    const share = (prefers: (r: RandomStream) => boolean): number =>
      Array.from({ length: 4000 }, () => (prefers(random) ? 1 : 0)).reduce<number>((a, b) => a + b, 0) / 4000;
    // five standard errors of 4000 coins: 0.04
    expect(Math.abs(share((r) => direct(2, 2, r)) - 0.5)).toBeLessThan(0.04);
    expect(share((r) => direct(2, 1, r))).toBe(1);
    expect(Math.abs(share((r) => logistic(2)(2, 0, r)) - 1 / (1 + Math.exp(-1)))).toBeLessThan(0.04);
  });
});

describe('processes', () => {
  test('every action but the best falls short by the gap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 4 }),
        (seed, horizon, actions) => {
          const mdp = equalGaps(
            { horizon, states: 3, actions, gap: 0.3, noise: 1 },
            randomStream(seed, 'test'),
          );
          const best = optimalPolicy(mdp);
          expect(decisions(mdp)).toBe(1 + 3 * (horizon - 1));
          for (const [h, byState] of actionValues(mdp, best).entries()) {
            for (const [s, values] of byState.entries()) {
              values.forEach((q, a) => {
                expect(values[best[h]![s]!]! - q).toBeCloseTo(a === best[h]![s] ? 0 : 0.3, 12);
              });
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a roll-in on a bonus evens out what uniform actions leave uneven', () => {
    const base = equalGaps(
      { horizon: 2, states: 3, actions: 2, gap: 0.1, noise: 0 },
      randomStream(1, 'test'),
    );
    // action 1 alone leads to state 2, seldom
    const mdp = {
      ...base,
      transition: [
        [
          [
            [0.5, 0.5, 0],
            [0.05, 0.05, 0.9],
          ],
        ],
      ],
    };
    const counts = (roll: ReturnType<typeof rollIn>): number[] => {
      const random = randomStream(2, 'test');
      const seen = [0, 0, 0];
      for (let i = 0; i < 6000; i++) seen[roll.go(random, () => true).state]!++;
      return seen;
    };
    const [bonus, uniform] = [counts(rollIn(mdp, 1)), counts(uniformRollIn(mdp, 1))];
    const unevenness = (seen: number[]): number => Math.max(...seen) / Math.min(...seen);
    // Uniform: 0.275 and 0.45, which is 1.64.
    expect(unevenness(uniform)).toBeGreaterThan(1.5);
    expect(unevenness(bonus)).toBeLessThan(1.2);
  });
});

describe('the method', () => {
  const run = (batch: number, seed: number, delta = 0.01): BsadResult =>
    finish(
      bsad(
        lottery,
        { batch, prefers: direct, stopping: () => anytime(delta), reach: 'bonus' },
        randomStream(seed, 'test'),
      ),
    );

  test('finds the better lottery with batches and the safe action without', () => {
    expect(run(25, 1).policy).toEqual([[1]]);
    expect(run(1, 1).policy).toEqual([[0]]);
    expect(run(25, 1).trajectories).toBe(50 * run(25, 1).queries);
  });

  test('a judge who weighs the size of the difference finds the lottery alone', () => {
    const options = {
      batch: 1,
      prefers: logistic(2),
      stopping: () => anytime(1e-4),
      reach: 'bonus',
    } as const;
    expect(finish(bsad(lottery, options, randomStream(1, 'test'))).policy).toEqual([[1]]);
  });

  test.each(['bonus', 'uniform'] as const)(
    'finds the best policy of a process with three actions, reached by %s',
    (reach) => {
      const mdp = equalGaps(
        { horizon: 3, states: 2, actions: 3, gap: 0.5, noise: 0.3 },
        randomStream(5, 'test'),
      );
      const options = { batch: 5, prefers: direct, stopping: () => anytime(1e-4), reach };
      const result = finish(bsad(mdp, options, randomStream(6, 'test')));
      expect(result.policy).toEqual(optimalPolicy(mdp));
      expect(finish(bsad(mdp, options, randomStream(6, 'test')))).toEqual(result);
    },
  );

  test('RLOO on the same process learns it too, and weighs every step alike', () => {
    const mdp = equalGaps({ horizon: 2, states: 2, actions: 2, gap: 1, noise: 0.1 }, randomStream(3, 'test'));
    const seen = [...trainRloo(mdp, { steps: 60, group: 32, learningRate: 0.1 }, randomStream(4, 'test'))];
    expect(seen.at(-1)!.policy).toEqual(optimalPolicy(mdp));
    for (const { split } of seen) expect(split['step 1']!.weight).toBeCloseTo(0.5, 12);
  });
});

test('the exponent of a power law is its power', () => {
  expect(exponent([1, 2, 4, 8], [3, 0.75, 0.1875, 0.046875])).toBeCloseTo(-2, 12);
});

describe('the lab', () => {
  async function seedOf(raw: Record<string, unknown>): Promise<LabSeed> {
    const options = completeOptions(ofOwner('bsad'), lab.options, { ...lab.small, ...raw });
    const steps = lab.measure(options, 1);
    let [next, share] = [await steps.next(), 0];
    for (; next.done !== true; next = await steps.next()) {
      expect(next.value.share).toBeGreaterThanOrEqual(share);
      share = next.value.share;
    }
    return next.value;
  }

  test('a small seed shows it, its controls do not, and the audit is silent', async () => {
    const seed = await seedOf({});
    const options = completeOptions(ofOwner('bsad'), lab.options, lab.small);
    const where = (of: string, expected: ReturnType<(typeof lab.checks)[number]['expects']>): string =>
      standing([seed.measured[of]!, seed.measured[of]!], expected);
    for (const check of lab.checks)
      expect(where(check.of, check.expects(options)), check.name).toBe('within');
    for (const control of lab.controls)
      expect(where(control.of, control.expects(options)), control.name).toBe('outside');
    expect(seed.audit).toEqual([]);
    for (const { curves } of lab.picture.panels) {
      for (const { x, y } of curves) expect(seed.series[x]).toHaveLength(seed.series[y]!.length);
    }
    expect(Object.values(seed.split).reduce((sum, { gradient }) => sum + gradient, 0)).toBeCloseTo(1, 12);
    expect(JSON.parse(JSON.stringify(seed))).toEqual(seed);
  });
});
