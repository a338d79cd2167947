// The lab `uncalibrated`: exact calibration by hand, closed forms of the push on drawn policies, one small seed, and planted mistakes.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { useKernels } from '../../src/autodiff/index.ts';
import { parseOptions } from '../../src/base/options.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { outcomeOverSeeds } from '../../src/labs/index.ts';
import type { LabSeed } from '../../src/labs/lab.ts';
import {
  accuracy,
  areaUnderRoc,
  calibrationError,
  collapsed,
} from '../../src/labs/uncalibrated/calibration.ts';
import { pushMeasures, pushRounding } from '../../src/labs/uncalibrated/exactPush.ts';
import { uncalibrated } from '../../src/labs/uncalibrated/lab.ts';
import { expectedPush, normalisedPush, plainPush } from '../../src/labs/uncalibrated/nearCollapse.ts';
import {
  CATEGORIES,
  drawQuestions,
  frequencies,
  PREDICTIONS,
  rewardOf,
  withShuffledOutcomes,
} from '../../src/labs/uncalibrated/questions.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

/** A row that always predicts so many hundredths. */
function always(hundredths: number): Float64Array {
  return Float64Array.from(PREDICTIONS, (q) => (q === hundredths ? 1 : 0));
}

describe('calibration', () => {
  const probability = [always(20), always(70)];

  test('by hand', () => {
    const predictions = { probability, frequency: Float64Array.of(0.25, 0.6) };
    expect(calibrationError(predictions)).toBeCloseTo((0.05 + 0.1) / 2, 15);
    expect(accuracy(predictions)).toBeCloseTo((0.75 + 0.6) / 2, 15);
    // P(higher prediction for a yes than for a no), over 0.85 yes and 1.15 no; ties for a half.
    const area = (0.6 * 0.75 + (0.25 * 0.75 + 0.6 * 0.4) / 2) / (0.85 * 1.15);
    expect(areaUnderRoc(predictions)).toBeCloseTo(area, 15);
  });

  test('gaps of one bin cancel, gaps of two do not', () => {
    const frequency = Float64Array.of(0.5, 0.6);
    expect(calibrationError({ probability: [always(52), always(58)], frequency })).toBeCloseTo(0, 15);
    expect(calibrationError({ probability: [always(52), always(60)], frequency })).toBeCloseTo(0.01, 15);
  });

  test('complete over-confidence on a uniform grid of frequencies has the published figures', () => {
    const frequency = Float64Array.from({ length: 2000 }, (_, i) => (i + 0.5) / 2000);
    const predictions = collapsed(frequency);
    expect(calibrationError(predictions)).toBeCloseTo(0.24, 12);
    expect(areaUnderRoc(predictions)).toBeCloseTo(0.75, 12);
    expect(accuracy(predictions)).toBeCloseTo(0.75, 12);
  });
});

describe('questions', () => {
  test('categories are of equal size, answers have their frequencies, and shuffling keeps the number of yes', () => {
    const questions = drawQuestions(4000, 3);
    const frequency = frequencies(questions);
    const shuffled = withShuffledOutcomes(questions, 3);
    const yes = (all: Uint8Array): number => all.reduce((sum, y) => sum + y, 0);
    expect(yes(shuffled.outcome)).toBe(yes(questions.outcome));
    expect(yes(questions.outcome)).toBe(Math.round(frequency.reduce((sum, f) => sum + f, 0) * 200));
    // Hoeffding: P(|f − p| > 0.2) < 2·e^{−2·200·0.04} for each of the 20 categories, below 10⁻⁵ in all.
    for (let c = 0; c < CATEGORIES; c++) {
      expect(Math.abs(frequency[c]! - questions.rate[c]!)).toBeLessThan(0.2);
    }
  });

  test('the reward is a proper score: of all predictions p has the best mean', () => {
    for (const p of [7, 50, 93]) {
      const mean = (q: number): number => (p * rewardOf(q, 1) + (100 - p) * rewardOf(q, 0)) / 100;
      expect(PREDICTIONS.reduce((best, q) => (mean(q) > mean(best) ? q : best))).toBe(p);
    }
  });
});

describe('the push on two predictions', () => {
  const policies = fc.record({
    lower: fc.integer({ min: 1, max: 97 }),
    gap: fc.integer({ min: 1, max: 20 }),
    share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    rollouts: fc.integer({ min: 2, max: 12 }),
    p: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('is the closed form, with the division and without', () => {
    fc.assert(
      fc.property(policies, ({ lower, gap, share, rollouts, p }) => {
        const policy = { lower, higher: Math.min(99, lower + gap), share, rollouts };
        const rounding = pushRounding(rollouts);
        const size = Math.log(99);
        const withStd = expectedPush(policy, p, 'grpo', { stdEpsilon: 0 });
        const without = expectedPush(policy, p, 'grpo', { normalizeByStd: false });
        expect(Math.abs(withStd - normalisedPush(policy, p))).toBeLessThanOrEqual(rounding);
        expect(Math.abs(without - plainPush(policy, p))).toBeLessThanOrEqual(rounding * size);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('planted: an ε, the other ddof or RLOO are not the closed form', () => {
    const policy = { lower: 70, higher: 71, share: 0.3, rollouts: 10 };
    const gap = (name: string, raw: Record<string, unknown>): number =>
      Math.abs(expectedPush(policy, 0.9, name, raw) - normalisedPush(policy, 0.9));
    expect(gap('grpo', { stdEpsilon: 0 })).toBeLessThanOrEqual(pushRounding(10));
    for (const [name, raw] of [
      ['grpo', { stdEpsilon: 1e-4 }],
      ['grpo', { stdEpsilon: 0, ddof: 0 }],
      ['rloo', {}],
    ] as const) {
      expect(gap(name, raw)).toBeGreaterThan(1000 * pushRounding(10));
    }
  });

  test('at ½ and beyond the prediction: where each changes sign', () => {
    const policy = { lower: 70, higher: 71, share: 0.5, rollouts: 10 };
    const signs = (raw: Record<string, unknown>): number[] =>
      [0.4, 0.6, 0.8].map((p) => Math.sign(expectedPush(policy, p, 'grpo', raw)));
    expect(signs({ stdEpsilon: 0 })).toEqual([-1, 1, 1]);
    expect(signs({ normalizeByStd: false })).toEqual([-1, -1, 1]);
    expect(pushMeasures(10).normalisedSigns).toBe(0);
  });
});

describe('the lab', () => {
  const options = parseOptions(uncalibrated.name, uncalibrated.options, {
    ...uncalibrated.small,
    steps: 30,
    clipSteps: 20,
  });
  async function run(seed: number): Promise<{ seed: LabSeed; shares: number[] }> {
    const shares: number[] = [];
    const measuring = uncalibrated.measure(options, seed);
    for (;;) {
      const next = await measuring.next();
      if (next.done) return { seed: next.value, shares };
      shares.push(next.value.share);
    }
  }
  let first: LabSeed;

  test('one small seed shows it, and nothing stands where it must not', async () => {
    const { seed, shares } = await run(1);
    first = seed;
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1, 12);
    const { errorGrpo, errorPlain, errorRloo, errorPpo, rocRloo, rocShuffled } = seed.measured;
    expect(errorGrpo!).toBeGreaterThan(0.1);
    for (const error of [errorPlain!, errorRloo!, errorPpo!]) expect(error).toBeLessThan(0.04);
    expect(rocRloo!).toBeGreaterThan(0.75);
    expect(rocShuffled!).toBeLessThan(0.7);
    const outcome = outcomeOverSeeds(uncalibrated, options, [seed]);
    expect(outcome.checks.filter(({ standing }) => standing === 'outside')).toEqual([]);
    expect(outcome.controls.filter(({ standing }) => standing === 'within')).toEqual([]);
    expect([outcome.surprises, outcome.missing]).toEqual([[], []]);
    expect(JSON.parse(JSON.stringify(seed))).toEqual(seed);
    expect(Object.keys(seed.split)).toEqual(['prediction']);
    expect(seed.split.prediction!.gradient).toBe(1);
  });

  test('every check, control and curve names a number that is there', () => {
    for (const { of } of [...uncalibrated.checks, ...uncalibrated.controls]) {
      expect(first.measured).toHaveProperty(of);
    }
    for (const { x, y } of uncalibrated.picture.panels.flatMap(({ curves }) => curves)) {
      expect(first.series[x]!.length).toBe(first.series[y]!.length);
    }
  });

  test('planted: a GRPO that does not divide is seen by the check', () => {
    const planted = [1, 2].map(() => ({
      ...first,
      measured: { ...first.measured, errorGrpo: first.measured.errorPlain! },
    }));
    const { verdict, checks } = outcomeOverSeeds(uncalibrated, options, planted);
    expect(verdict).toBe('notShown');
    expect(checks.find(({ check }) => check.of === 'errorGrpo')!.standing).toBe('outside');
  });
});
