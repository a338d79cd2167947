// The statistics behind the rules about log-probs, against counts by hand and against numbers drawn under their nulls.
import { describe, expect, test } from 'vitest';
import { BinnedSize } from '../../src/audit/mismatch/binnedSize.ts';
import { changePoint } from '../../src/audit/mismatch/changePoint.ts';
import { ClusteredLine } from '../../src/audit/mismatch/clusteredLine.ts';
import { ClusteredMean } from '../../src/audit/mismatch/clusteredMeans.ts';
import { poissonLimit, TWO_SIDED, widener } from '../../src/audit/mismatch/falseAlarms.ts';
import { risingProbability } from '../../src/audit/mismatch/kendall.ts';
import { LogHistogram } from '../../src/audit/mismatch/logHistogram.ts';
import { Mismatch } from '../../src/audit/mismatch/mismatch.ts';
import { PrefixHash } from '../../src/audit/mismatch/prefixHash.ts';
import { temperatureOf } from '../../src/audit/mismatch/temperatureTrace.ts';
import { isLogProb } from '../../src/audit/mismatch/tokens.ts';
import { randomStream } from '../../src/base/random.ts';
import { trajectoryOf } from './trajectories.ts';

/** Points of clusters whose y share a number, so that errors without clusters would be too small. */
function clusters(seed: number, slope: number) {
  const random = randomStream(seed, 'clusters');
  return Array.from({ length: 40 }, () => {
    const common = random.normal();
    return Array.from({ length: 1 + random.integer(9) }, () => {
      const x = random.normal() + common;
      return { x, y: 2 + slope * x + common + 0.1 * random.normal() };
    });
  });
}

describe('a line through clustered points', () => {
  test('is that of least squares, with the sandwich error by hand', () => {
    const given = clusters(1, 3);
    const line = new ClusteredLine();
    for (const cluster of given) {
      for (const { x, y } of cluster) line.add(x, y);
      line.end();
    }
    const all = given.flat();
    const mean = (f: (p: { x: number; y: number }) => number): number =>
      all.reduce((sum, p) => sum + f(p), 0) / all.length;
    const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
    const spread = all.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
    const slope = all.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) / spread;
    const intercept = my - slope * mx;
    const square = given.reduce((sum, cluster) => {
      const score = cluster.reduce((s, { x, y }) => s + (x - mx) * (y - intercept - slope * x), 0);
      return sum + score * score;
    }, 0);
    const found = line.line()!;
    expect(found.slope.value).toBeCloseTo(slope, 10);
    expect(found.intercept.value).toBeCloseTo(intercept, 10);
    expect(found.slope.error).toBeCloseTo((Math.sqrt((square * 40) / 39) / spread) * widener(38), 10);
  });

  test('errors hold under the null: about 5 % of slopes are further off than 1.96 errors', () => {
    let off = 0;
    for (let seed = 0; seed < 400; seed++) {
      const line = new ClusteredLine();
      const random = randomStream(seed, 'null');
      for (let c = 0; c < 60; c++) {
        const [x, common] = [random.normal(), random.normal()];
        for (let k = 0; k < 5; k++) line.add(x, common + 0.1 * random.normal());
        line.end();
      }
      const { value, error } = line.line()!.slope;
      if (Math.abs(value) > 1.96 * error) off++;
    }
    // Binomial with 400 draws of 0.05 to 0.08, four standard deviations to each side.
    expect(off).toBeGreaterThan(4);
    expect(off).toBeLessThan(54);
  });

  test('there is none where x does not vary, or with two clusters', () => {
    const line = new ClusteredLine();
    for (let c = 0; c < 9; c++) {
      line.add(2, c);
      line.end();
    }
    expect(line.line()).toBeUndefined();
    const two = new ClusteredLine();
    for (let c = 0; c < 2; c++) {
      two.add(c, c);
      two.end();
    }
    expect(two.line()).toBeUndefined();
  });
});

test('a mean of clusters of one has the usual error', () => {
  const values = [1, 4, 2, 8, 5];
  const mean = new ClusteredMean();
  for (const x of values) {
    mean.add(x);
    mean.end();
  }
  expect(mean.estimate().value).toBeCloseTo(4, 12);
  expect(mean.estimate().error).toBeCloseTo(Math.sqrt(30 / 4 / 5) * widener(4), 12);
  // t with 4 degrees and a tail of 5·10⁻⁵ is 15.544.
  expect(widener(4) * TWO_SIDED).toBeCloseTo(15.544, 2);
  expect(new ClusteredMean().estimate()).toEqual({ value: Number.NaN, error: Number.NaN });
});

test('limits of a Poisson number', () => {
  // P(N ≥ 1) = 1 − e^{−m}, P(N ≥ 2) = 1 − e^{−m}(1 + m).
  expect(poissonLimit(0, 1e-4)).toBe(1);
  expect(poissonLimit(5e-5, 1e-4)).toBe(1);
  expect(poissonLimit(2e-4, 1e-4)).toBe(2);
  for (const mean of [0.5, 3, 40, 1000]) {
    const k = poissonLimit(mean, 1e-4);
    let [term, below] = [Math.exp(-mean), 0];
    for (let j = 0; j < k; j++) {
      below += term;
      term *= mean / (j + 1);
    }
    if (mean > 700) continue;
    expect(1 - below).toBeLessThanOrEqual(1e-4);
    expect(1 - below + (term * k) / mean).toBeGreaterThan(1e-4);
  }
});

test('Kendall: rising orders are as rare as they are among all permutations', () => {
  expect(risingProbability([1, 2, 3, 4])).toBeCloseTo(1 / 24, 12);
  expect(risingProbability([4, 3, 2, 1])).toBeCloseTo(1, 12);
  expect(risingProbability([1, 2, 4, 3])).toBeCloseTo(4 / 24, 12);
  const long = Array.from({ length: 31 }, (_, k) => (k % 2 === 0 ? k : -k));
  expect(risingProbability(long)).toBeGreaterThan(0.05);
  // The normal distribution beyond 30 goes on where the exact one ends.
  const nearly = (n: number): number[] => Array.from({ length: n }, (_, k) => (k % 3 === 0 ? -k : k));
  expect(Math.abs(risingProbability(nearly(30)) - risingProbability(nearly(31)))).toBeLessThan(0.2);
});

test('quantiles of a histogram are right to a bin', () => {
  const sizes = new LogHistogram();
  expect(sizes.quantile(0.5)).toBeLessThanOrEqual(2 ** -20);
  for (let k = 1; k <= 1000; k++) sizes.add(k / 1000);
  expect(sizes.quantile(0.5)).toBeGreaterThanOrEqual(0.5);
  expect(sizes.quantile(0.5)).toBeLessThanOrEqual(0.5 * 2 ** (1 / 8));
  sizes.add(1e9);
  expect(sizes.quantile(1)).toBeGreaterThan(500);
});

test('a change of the mean is found at its place, and is rare where there is none', () => {
  const random = randomStream(3, 'change');
  const step = Array.from({ length: 100 }, (_, k) => (k < 60 ? 0 : 2) + random.normal());
  const found = changePoint(step)!;
  expect(Math.abs(found.at - 60)).toBeLessThan(8);
  expect(found.size).toBeGreaterThan(2.2);
  // 2e^{−2x²} = 0.05 at x = 1.358.
  let off = 0;
  for (let k = 0; k < 1000; k++) {
    const noise = Array.from({ length: 100 }, () => random.normal());
    if (changePoint(noise)!.size > 1.358) off++;
  }
  expect(off).toBeLessThan(50 + 4 * Math.sqrt(50));
  expect(changePoint(new Array(100).fill(1))).toBeUndefined();
  expect(changePoint([1, 2, 3])).toBeUndefined();
});

test('relative sizes are 1 on average at every log-prob', () => {
  const usual = new BinnedSize();
  usual.add(-1, -1.2);
  usual.add(-1.3, -0.9);
  usual.add(-6, -7);
  expect(usual.relative(-1, -1.3)).toBeCloseTo(1, 12);
  expect(usual.relative(-6.4, -6.9)).toBeCloseTo(0.5, 12);
  expect(usual.relative(-3, -3.1)).toBe(1);
  expect(usual.relative(-3, -10)).toBe(5);
});

test('hashes of prefixes are equal for equal sequences only', () => {
  const hash = (ids: readonly number[]): number => {
    const out = new PrefixHash();
    for (const id of ids) out.add(id);
    return out.value;
  };
  expect(hash([1, 2, 3])).toBe(hash([1, 2, 3]));
  const all = new Set<number>();
  for (let a = 0; a < 40; a++)
    for (let b = 0; b < 40; b++) for (let c = 0; c < 40; c++) all.add(hash([a, b, c]));
  expect(all.size).toBe(64_000);
  expect(Number.isSafeInteger(hash([2 ** 31 - 1, 5, 2 ** 31 - 1]))).toBe(true);
});

test('the temperature of a slope', () => {
  expect(temperatureOf((2 * (0.7 - 1)) / (0.7 + 1))).toBeCloseTo(0.7, 12);
  expect(temperatureOf(0)).toBe(1);
});

test('a log-prob may be above 0 by rounding, and not by more', () => {
  expect([-3, 0, 1e-7, 1e-4].every(isLogProb)).toBe(true);
  expect([1, 0.01, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].some(isLogProb)).toBe(
    false,
  );
});

describe('causes of differences', () => {
  /** 40 trajectories of 30 tokens with these log-probs of trainer and sampler by turns. */
  const causeOf = (pairs: readonly (readonly [trainer: number, sampler: number])[]) => {
    const mismatch = new Mismatch();
    const pick = (side: 0 | 1) => Float64Array.from({ length: 30 }, (_, k) => pairs[k % pairs.length]![side]);
    for (let line = 1; line <= 40; line++) {
      const roles = new Array<'sample'>(30).fill('sample');
      mismatch.add(trajectoryOf(line, roles, { oldLogProbs: pick(0), samplerLogProbs: pick(1) }));
    }
    return mismatch.cause();
  };

  test('the top token’s log-prob, where the token is unlikely', () => {
    const unlikely = [-3, -1] as const;
    expect(causeOf([[-0.3, -0.3], unlikely, [-1.4, -1.4], [-0.1, -0.11]])).toBe('sampled-logprob-wrong');
    // Likely tokens are off too: then something else lets the sampler be surer of everything.
    expect(causeOf([[-0.45, -0.2], unlikely, [-1.4, -1.4], [-0.4, -0.2]])).toBe('truncated-sampling');
    // Two tokens cannot have more than probability 1 together.
    expect(
      causeOf([
        [-0.3, -0.3],
        [-1, -0.2],
        [-1.4, -1.4],
        [-0.1, -0.11],
      ]),
    ).not.toBe('sampled-logprob-wrong');
  });

  test('old log-probs are the odd ones out only where the other two agree better', () => {
    const causeWith = (sampler: (k: number) => number) => {
      const random = randomStream(2, 'odd');
      const mismatch = new Mismatch();
      for (let line = 1; line <= 40; line++) {
        const roles = new Array<'sample'>(30).fill('sample');
        const logProbs = new Float64Array(30).fill(-3);
        const oldLogProbs = logProbs.map((x) => x + 0.15 * random.normal());
        const samplerLogProbs = logProbs.map((x) => x + sampler(random.normal()));
        mismatch.add(trajectoryOf(line, roles, { logProbs, oldLogProbs, samplerLogProbs }));
      }
      return mismatch.cause();
    };
    expect(causeWith((noise) => 0.05 * noise)).toBe('dropout-in-old');
    expect(causeWith((noise) => 0.3 * noise)).not.toBe('dropout-in-old');
  });

  test('equal log-probs have none', () => {
    expect(
      causeOf([
        [-0.3, -0.3],
        [-2, -2],
      ]),
    ).toBeUndefined();
  });
});

test('nothing at all has no cause', () => {
  expect(new Mismatch().cause()).toBeUndefined();
});
