// The pieces of the lab on InfoRM against printed tables, closed forms and differences.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradcheck, type Parameters, scope, tensor, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { mean } from '../../src/base/student.ts';
import { loadWasmKernelsSync } from '../../src/host/index.ts';
import { chiSquareTail, fTail, incompleteBeta, logGamma } from '../../src/labs/inform/distributions.ts';
import { FittedGaussian } from '../../src/labs/inform/outliers.ts';
import { logProbTable, referenceParameters, Sampler, tokenPlaces } from '../../src/labs/inform/policy.ts';
import {
  CONTENT,
  featuresOf,
  goldReward,
  KINDS,
  PLACES,
  preferred,
} from '../../src/labs/inform/responses.ts';
import { bottleneckKl, preferenceLoss } from '../../src/labs/inform/rewardModel.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

describe('tails', () => {
  test('log Γ of integers and of one half', () => {
    let factorial = 1;
    for (let n = 1; n < 30; n++) {
      expect(Math.abs(logGamma(n) - Math.log(factorial))).toBeLessThan(
        1e-13 * Math.max(1, Math.log(factorial)),
      );
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
  });

  // Quantiles as printed, to three decimals: the tail moves by its density times half a unit of the last digit.
  test.each([
    [3.841, 1, 0.05],
    [5.991, 2, 0.05],
    [9.488, 4, 0.05],
    [13.277, 4, 0.01],
    [18.307, 10, 0.05],
    [2.706, 1, 0.1],
  ])('χ²: P(X > %d) with %i degrees of freedom', (x, degrees, tail) => {
    expect(Math.abs(chiSquareTail(x, degrees) - tail)).toBeLessThan(1e-4);
  });

  test.each([
    [4.965, 1, 10, 0.05],
    [3.478, 4, 10, 0.05],
    [2.866, 4, 20, 0.05],
    [5.994, 4, 10, 0.01],
    [161.45, 1, 1, 0.05],
  ])('F: P(X > %d) with %i and %i degrees of freedom', (x, k, m, tail) => {
    expect(Math.abs(fTail(x, k, m) - tail)).toBeLessThan(1e-4);
  });

  test('for an even number of degrees χ² has the tail of a Poisson sum', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 200, noNaN: true }),
        fc.integer({ min: 1, max: 6 }),
        (x, half) => {
          let [sum, term] = [0, 1];
          for (let k = 0; k < half; k++) {
            sum += term;
            term *= x / 2 / (k + 1);
          }
          // Below the mean the tail is 1 less a series, right to the rounding of 1; above it the fraction is right to about 1e-13.
          expect(Math.abs(chiSquareTail(x, 2 * half) - Math.exp(-x / 2) * sum)).toBeLessThan(1e-13);
        },
      ),
    );
  });

  test('I_x(a, b) is a binomial tail for integers, and I_x(a, b) + I_{1−x}(b, a) = 1', () => {
    const choose = (n: number, k: number): number =>
      Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1);
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (x, a, b) => {
          const n = a + b - 1;
          let sum = 0;
          for (let k = a; k <= n; k++) sum += choose(n, k) * x ** k * (1 - x) ** (n - k);
          expect(Math.abs(incompleteBeta(x, a, b) - sum)).toBeLessThan(1e-12);
          expect(Math.abs(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a) - 1)).toBeLessThan(1e-12);
        },
      ),
    );
  });

  test('F approaches χ² as the covariance becomes known', () => {
    expect(Math.abs(fTail(9.488 / 4, 4, 1e6) - chiSquareTail(9.488, 4))).toBeLessThan(1e-5);
    expect(fTail(9.488 / 4, 4, 12) - chiSquareTail(9.488, 4)).toBeGreaterThan(0.03);
  });
});

describe('distances', () => {
  const points = (count: number, size: number, seed: number): Float64Array[] => {
    const random = randomStream(seed, 'points');
    return Array.from({ length: count }, () => Float64Array.from({ length: size }, () => random.normal()));
  };

  test('in one dimension D² is the squared z-score', () => {
    const values = points(12, 1, 3);
    const flat = values.map((x) => x[0]!);
    const m = mean(flat);
    const variance = flat.reduce((s, x) => s + (x - m) ** 2, 0) / 11;
    expect(new FittedGaussian(values).squaredDistance(Float64Array.of(2))).toBeCloseTo(
      (2 - m) ** 2 / variance,
      12,
    );
  });

  test('their mean over the fitted points is (n − 1)d/n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
        const own = points(5 * size + 3, size, seed);
        const fitted = new FittedGaussian(own);
        const average = mean(own.map((x) => fitted.squaredDistance(x)));
        // tr(S⁻¹·S·(n − 1)/n); the rounding is that of a solve with a condition below 10⁴.
        expect(Math.abs(average - (size * (own.length - 1)) / own.length)).toBeLessThan(1e-10 * size);
      }),
    );
  });

  test('points that do not span the space are refused', () => {
    expect(() => new FittedGaussian(points(4, 4, 1))).toThrow(/singular/);
    expect(() => new FittedGaussian(points(9, 2, 1).map((x) => Float64Array.of(x[0]!, 0)))).toThrow(
      /singular/,
    );
  });
});

describe('responses and policy', () => {
  test('probabilities of every choice add up to 1, and those of a response are the sum of its tokens', () => {
    scope(() => {
      const table = Array.from(logProbTable(referenceParameters()).readSync(), Math.exp);
      const rows = table.slice(CONTENT * 6);
      for (let i = 0; i < rows.length; i += KINDS + 1) {
        expect(Math.abs(mean(rows.slice(i, i + KINDS + 1)) * (KINDS + 1) - 1)).toBeLessThan(1e-14);
      }
    });
  });

  test('a full response has no end, every other one has', () => {
    const content = [0, 1, 2, 3];
    expect(tokenPlaces({ content, filler: new Array(PLACES).fill(0) })).toHaveLength(CONTENT + PLACES);
    expect(tokenPlaces({ content, filler: [1, 2] })).toHaveLength(CONTENT + 3);
    const places = tokenPlaces({ content, filler: new Array(PLACES - 1).fill(2) });
    expect(new Set(places).size).toBe(places.length);
  });

  test('drawn responses have the frequencies of the table', () => {
    const sampler = scope(() => new Sampler(referenceParameters()));
    const drawn = sampler.drawMany(4000, randomStream(1, 'draws'));
    const ended = mean(drawn.map(({ filler }) => (filler.length === 0 ? 1 : 0)));
    const expected = mean(
      drawn.map(({ content }) => Math.exp(sampler.logProbs(tokenPlaces({ content, filler: [] })).at(-1)!)),
    );
    // Five standard errors of a share.
    expect(Math.abs(ended - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / 4000));
  });

  test('gold, features and preferences by hand', () => {
    const good = { content: [5, 5, 5, 5], filler: [0, 0, 2] };
    const long = { content: [5, 5, 5, 5], filler: new Array(14).fill(1) };
    expect(goldReward(good, 0.05)).toBe(10);
    expect(goldReward(long, 0.05)).toBeCloseTo(10 - 0.05 * 9, 12);
    expect(featuresOf({ content: [0, 2, 3, 5], filler: [0, 0, 2] })).toEqual([0, 0, 1, 1, 2, 0, 1]);
    const bad = { content: [0, 0, 0, 0], filler: [] };
    const random = randomStream(2, 'preferences');
    const wins = Array.from({ length: 2000 }, () => preferred(bad, good, 0.05, random)[0] === good);
    expect(mean(wins.map(Number))).toBeGreaterThan(0.99);
  });
});

describe('the loss of the reward model', () => {
  test('KL of a standard normal is 0, of others the closed form', () => {
    const kl = (mu: number[], logVariance: number[]): number =>
      bottleneckKl({ mu: tensor([mu]), logVariance: tensor([logVariance]) }).item();
    expect(kl([0, 0], [0, 0])).toBe(0);
    expect(kl([1, -2], [Math.log(4), 0])).toBeCloseTo(0.5 * (4 + 1 - 1 - Math.log(4)) + 0.5 * 4, 12);
  });

  test('KL agrees with the mean log-ratio of samples', () => {
    const [mu, sd] = [0.7, 0.4];
    const random = randomStream(5, 'kl');
    const ratios = Array.from({ length: 20_000 }, () => {
      const e = random.normal();
      const z = mu + sd * e;
      return -0.5 * e * e - Math.log(sd) + 0.5 * z * z;
    });
    const exact = bottleneckKl({ mu: tensor([[mu]]), logVariance: tensor([[2 * Math.log(sd)]]) }).item();
    const m = mean(ratios);
    const spread = Math.sqrt(mean(ratios.map((x) => (x - m) ** 2)));
    expect(Math.abs(m - exact)).toBeLessThan((5 * spread) / Math.sqrt(20_000));
  });

  test('of a pair −log σ(difference), with gradients as differences have them', () => {
    expect(preferenceLoss(tensor([2, 0.5])).item()).toBeCloseTo(Math.log(1 + Math.exp(-1.5)), 13);
    expect(preferenceLoss(tensor([1, 1, 3, 0])).item()).toBeCloseTo(
      (Math.log(2) + Math.log(1 + Math.exp(-3))) / 2,
      13,
    );
    const parameters: Parameters = { r: tensor([0.3, -0.2, 1, 2]) };
    expect(gradcheck(({ r }: Parameters) => preferenceLoss(r!), parameters).holds).toBe(true);
  });
});
