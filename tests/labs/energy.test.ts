// The lab `energy`: closed forms on drawn policies, the natural step, eigenvalues and chains by hand, one small seed, planted mistakes.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { useKernels } from '../../src/autodiff/index.ts';
import { parseOptions } from '../../src/base/options.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import {
  balancedMeasure,
  boltzmannMeasure,
  drift,
  imbalance,
  moduli,
  stationaryMeasure,
} from '../../src/labs/energy/chain.ts';
import {
  accuracyOf,
  bernoulliKl,
  conditionalKl,
  klOfRows,
  tiltAfter,
  tiltedAccuracy,
} from '../../src/labs/energy/closedForms.ts';
import { symmetricEigenvalues } from '../../src/labs/energy/eigenvalues.ts';
import { energy } from '../../src/labs/energy/lab.ts';
import { mixing } from '../../src/labs/energy/mixing.ts';
import { naturalStep, Path } from '../../src/labs/energy/paths.ts';
import { chainRuleRounding, identityRounding } from '../../src/labs/energy/rounding.ts';
import {
  drawWorld,
  logSumExp,
  rowOf,
  type Square,
  tiltedLogProb,
  withoutSymmetry,
} from '../../src/labs/energy/world.ts';
import type { LabSeed } from '../../src/labs/lab.ts';
import { outcomeOverSeeds } from '../../src/labs/verdict.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const kernelOf = ({ n, at }: Square): Square => ({ n, at: at.map(Math.exp) });

describe('closed forms', () => {
  const worlds = fc.record({
    answers: fc.integer({ min: 4, max: 12 }),
    beta: fc.double({ min: 0.2, max: 5, noNaN: true }),
    coupling: fc.double({ min: 0.05, max: 1, noNaN: true }),
    way: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.integer({ min: 1, max: 1000 }),
  });

  test('on the family the divergence is that of two accuracies', () => {
    fc.assert(
      fc.property(worlds, ({ way, seed, ...size }) => {
        const { answers, beta, coupling } = size;
        const { affinity, reward } = drawWorld(answers, coupling, seed);
        const tilt = (s: number): Square =>
          tiltedLogProb(
            affinity,
            reward.map((r) => s * r),
          );
        const [reference, now, optimum] = [tilt(0), tilt(way / beta), tilt(1 / beta)];
        for (let x = 0; x < answers; x++) {
          const p0 = accuracyOf({ logProb: rowOf(reference, x), reward });
          const closed = bernoulliKl(tiltedAccuracy(p0, way / beta), tiltedAccuracy(p0, 1 / beta));
          const gap = Math.abs(klOfRows(rowOf(now, x), rowOf(optimum, x)) - closed);
          // Both accuracies are closed forms here, which doubles what the bound has for one.
          expect(gap).toBeLessThanOrEqual(2 * identityRounding(size));
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test('off it the chain rule adds what is within answers of equal reward', () => {
    const drawn = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(drawn, drawn, (a, b) => {
        const [logProb, other] = [a, b].map((logits) => {
          const row = Float64Array.from(logits);
          return row.map((x) => x - logSumExp(row));
        }) as [Float64Array, Float64Array];
        const reward = Float64Array.of(1, 0, 0, 1, 0, 1);
        const bernoulli = bernoulliKl(
          accuracyOf({ logProb, reward }),
          accuracyOf({ logProb: other, reward }),
        );
        const within = conditionalKl({ logProb, reward }, other);
        // Log-ratios are at most 8: 2/β with β = 1/4.
        const rounding = chainRuleRounding({ answers: 6, beta: 0.25, coupling: 1 });
        expect(Math.abs(klOfRows(logProb, other) - bernoulli - within)).toBeLessThanOrEqual(rounding);
        expect(within).toBeGreaterThanOrEqual(-rounding);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  test('by hand: a half, tilted by log 3, is three quarters, and s goes to 1/β', () => {
    const tilted = tiltedAccuracy({ right: 0.5, wrong: 0.5 }, Math.log(3));
    expect(tilted.right).toBeCloseTo(0.75, 15);
    expect(tilted.wrong).toBeCloseTo(0.25, 15);
    expect(tiltAfter(0, 0.1, 0.5)).toBe(0);
    expect(tiltAfter(1, 0.1, 0.5)).toBeCloseTo(0.2, 15);
    expect(tiltAfter(1000, 0.1, 0.5)).toBeCloseTo(2, 12);
  });
});

describe('the natural gradient', () => {
  test('of a softmax is g/π but for a constant', () => {
    const probability = Float64Array.of(0.1, 0.2, 0.3, 0.4);
    const value = [1, -2, 0.5, 3];
    const mean = value.reduce((sum, v, y) => sum + v * probability[y]!, 0);
    const gradient = Float64Array.from(value, (v, y) => probability[y]! * (v - mean));
    const { step, condition } = naturalStep(probability, gradient);
    const tolerance = 4 * 16 * 2 ** -52 * condition * Math.hypot(...step);
    for (const [y, v] of value.entries()) {
      expect(Math.abs(step[y]! - (v - value[3]!))).toBeLessThanOrEqual(tolerance);
    }
  });

  test('of one step is the tilt by ηr; the vanilla step is not', () => {
    const { affinity, reward } = drawWorld(6, 0.1, 4);
    const reference = tiltedLogProb(
      affinity,
      reward.map(() => 0),
    );
    const after = tiltedLogProb(
      affinity,
      reward.map((r) => 0.3 * r),
    );
    const gapOf = (method: 'natural' | 'vanilla'): number => {
      const path = new Path({ reference, reward, beta: 0.5, method, rate: 0.3 });
      path.step();
      const gap = path.logProb().at.reduce((most, lp, i) => Math.max(most, Math.abs(lp - after.at[i]!)), 0);
      path.dispose();
      return gap;
    };
    expect(gapOf('natural')).toBeLessThan(1e-12);
    expect(gapOf('vanilla')).toBeGreaterThan(1e-3);
  });
});

describe('chains', () => {
  test('eigenvalues by hand: of a circulant matrix, cosines', () => {
    const n = 6;
    const at = Float64Array.from({ length: n * n }, (_, i) => {
      const apart = Math.abs((i % n) - Math.floor(i / n));
      return apart === 1 || apart === n - 1 ? 1 : 0;
    });
    const expected = [2, 1, 1, -1, -1, -2];
    for (const [k, value] of symmetricEigenvalues({ n, at }).entries()) {
      expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(n * 2 ** -52 * Math.sqrt(2 * n));
    }
  });

  test('S·e^V/Z is in balance with e^V·Z for any potential, and with e^V alone it is not', () => {
    const potentials = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(potentials, fc.integer({ min: 1, max: 1000 }), (drawn, seed) => {
        const { affinity } = drawWorld(6, 0.3, seed);
        const potential = Float64Array.from(drawn);
        const kernel = kernelOf(tiltedLogProb(affinity, potential));
        const measure = balancedMeasure(affinity, potential);
        // Products below 1 whose factors have passed through 6 terms, exponentials and logs of at most 8.
        const rounding = 64 * 2 ** -52;
        expect(imbalance(measure, kernel)).toBeLessThanOrEqual(rounding);
        expect(drift(measure, kernel)).toBeLessThanOrEqual(rounding);
        expect(drift(boltzmannMeasure(potential), kernel)).toBeGreaterThan(1000 * rounding);
        const own = stationaryMeasure(kernel);
        for (const [x, m] of own.entries()) expect(Math.abs(m - measure[x]!)).toBeLessThan(1e-11);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  test('planted: without symmetry there is no balance', () => {
    const world = withoutSymmetry(drawWorld(6, 0.3, 1));
    const potential = world.reward.map((r) => 2 * r);
    const kernel = kernelOf(tiltedLogProb(world.affinity, potential));
    expect(imbalance(balancedMeasure(world.affinity, potential), kernel)).toBeGreaterThan(1e-4);
  });

  test('two states by hand: λ = 1 − a − b, and the decay is λ at every step', () => {
    const [a, b] = [0.2, 0.3];
    const kernel = { n: 2, at: Float64Array.of(1 - a, a, b, 1 - b) };
    const measure = Float64Array.of(b / (a + b), a / (a + b));
    expect(moduli(measure, kernel)[1]).toBeCloseTo(0.5, 14);
    const bigger = { n: 3, at: Float64Array.of(0.8, 0.2, 0, 0.3, 0.7, 0, 0, 0, 1) };
    expect(moduli(Float64Array.of(0.3, 0.2, 0.5), bigger)[2]).toBeCloseTo(0.5, 14);
  });

  test('planted: a kernel that mixes faster than its eigenvalues say is seen', () => {
    const { affinity } = drawWorld(6, 0.1, 2);
    const still = new Float64Array(6);
    const kernel = kernelOf(tiltedLogProb(affinity, still));
    const measure = balancedMeasure(affinity, still);
    const { rate, eigenvalue, tolerance, beyondBound } = mixing(kernel, measure, 1, 40, 1e-14);
    expect(Math.abs(rate / eigenvalue - 1)).toBeLessThanOrEqual(tolerance);
    expect(beyondBound).toBe(0);
    // Half of each step stays where it is: the eigenvalues are (1 + λ)/2, and so is the decay.
    const lazy = {
      n: 6,
      at: kernel.at.map((p, i) => (i % 7 === 0 ? (1 + p) / 2 : p / 2)),
    };
    const slower = mixing(lazy, measure, 1, 40, 1e-14);
    expect(Math.abs(slower.rate / ((1 + eigenvalue) / 2) - 1)).toBeLessThanOrEqual(slower.tolerance);
    expect(Math.abs(slower.rate / eigenvalue - 1)).toBeGreaterThan(1000 * slower.tolerance);
  });
});

describe('the lab', () => {
  const options = parseOptions(energy.name, energy.options, energy.small);
  async function run(seed: number): Promise<LabSeed> {
    const measuring = energy.measure(options, seed);
    for (;;) {
      const next = await measuring.next();
      if (next.done) return next.value;
      expect(next.value.share).toBeLessThanOrEqual(1);
    }
  }

  test('two small seeds show it, with clean rollouts', async () => {
    const seeds = [await run(1), await run(2)];
    const outcome = outcomeOverSeeds(energy, options, seeds);
    expect(outcome.checks.filter(({ standing }) => standing !== 'within')).toEqual([]);
    expect(outcome.controls.filter(({ standing }) => standing !== 'outside')).toEqual([]);
    expect(outcome.verdict).toBe('shown');
    const [first] = seeds;
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    for (const { x, y } of energy.picture.panels.flatMap(({ curves }) => curves)) {
      expect(first!.series[x]!.length).toBe(first!.series[y]!.length);
    }
    expect(Object.keys(first!.split)).toEqual(['answer']);
  });

  test('planted: a path that was not the natural one is seen', async () => {
    const seed = await run(1);
    const planted = {
      ...seed,
      measured: { ...seed.measured, identityGap: seed.measured.identityGapVanilla! },
    };
    expect(outcomeOverSeeds(energy, options, [planted]).verdict).toBe('notShown');
  });
});
