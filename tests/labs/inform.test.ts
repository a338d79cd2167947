// The lab on InfoRM, end to end on one small seed, and mistakes that its numbers must show.
import { beforeAll, describe, expect, test } from 'vitest';
import { useKernels } from '../../src/autodiff/index.ts';
import { parseOptions } from '../../src/base/options.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/index.ts';
import { gaussianOutliers } from '../../src/labs/inform/gaussianOutliers.ts';
import { Judge } from '../../src/labs/inform/judge.ts';
import { inform } from '../../src/labs/inform/lab.ts';
import { type InformOptions, OPTIONS } from '../../src/labs/inform/options.ts';
import { referenceParameters, Sampler } from '../../src/labs/inform/policy.ts';
import { preferred, type Response } from '../../src/labs/inform/responses.ts';
import { RewardModel } from '../../src/labs/inform/rewardModel.ts';
import type { Expected, LabSeed } from '../../src/labs/lab.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const settings: InformOptions = parseOptions('inform', OPTIONS, inform.small, (name) => name);

async function run(options: InformOptions, seed: number): Promise<LabSeed> {
  const steps = inform.measure(options, seed);
  let share = 0;
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
    expect(next.value.share).toBeGreaterThanOrEqual(share);
    expect(next.value.share).toBeLessThanOrEqual(1);
    share = next.value.share;
  }
}

function lies(x: number, { atLeast = -Infinity, atMost = Infinity }: Expected): boolean {
  return x >= atLeast && x <= atMost;
}

test('a small seed measures what checks, controls and picture name, and its rollouts are clean', async () => {
  const { measured, series, split, audit } = await run(settings, 5);
  for (const { of, expects, name } of inform.checks) {
    expect([name, lies(measured[of]!, expects(settings))]).toEqual([name, true]);
  }
  for (const { of, expects, name } of inform.controls) {
    expect([name, lies(measured[of]!, expects(settings))]).toEqual([name, false]);
  }
  const columns = inform.picture.panels.flatMap(({ curves }) => curves.flatMap(({ x, y }) => [x, y]));
  const length = settings.steps / settings.evaluateEvery + 1;
  for (const column of columns) expect(series[column]).toHaveLength(length);
  expect(Object.keys(split)).toEqual(['content', 'filler']);
  expect(Math.abs(split.content!.weight + split.filler!.weight - 1)).toBeLessThan(1e-12);
  expect(audit).toEqual([]);
});

test('the same options and seed give the same seed to the bit', async () => {
  const short = { ...settings, steps: 20, evaluateEvery: 20, evaluated: 50, rewardSteps: 10 };
  expect(await run(short, 3)).toEqual(await run(short, 3));
});

test('a standardised reward is at most its distance, and reaches it along the direction that it looks at', () => {
  const [n, d] = [12, 3];
  const random = randomStream(4, 'distance');
  const head = [0.7, -1.2, 0.4];
  const rewardAt = (mu: Float64Array): number => mu.reduce((sum, x, k) => sum + x * head[k]!, 0.3);
  const draw = (spread: number): Float64Array => {
    const common = random.normal();
    return Float64Array.from({ length: d }, (_, k) => spread * (common + (k + 1) * random.normal()));
  };
  const points = Array.from({ length: n }, () => draw(1));
  const centre = Float64Array.from({ length: d }, (_, k) => points.reduce((sum, p) => sum + p[k]!, 0) / n);
  // μ̄ + S·w, where the bound is an equality.
  const along = centre.map(
    (x, k) =>
      x +
      points.reduce((sum, p) => sum + (p[k]! - centre[k]!) * (rewardAt(p) - rewardAt(centre)), 0) / (n - 1),
  );
  const places = [...points, ...Array.from({ length: 300 }, () => draw(4)), along];
  const model = {
    score: (responses: readonly Response[]) => {
      const mu = responses.map(({ content }) => places[content[0]!]!);
      return { mu, reward: Float64Array.from(mu, rewardAt) };
    },
  };
  const all = places.map((_, i): Response => ({ content: [i], filler: [] }));
  const { reward, distance } = new Judge(model, all.slice(0, n), 0.05, 0).judge(all);
  const ratio = Array.from(reward, (r, i) => Math.abs(r) / distance[i]!);
  // Solving with S loses its condition number, here below 10³, of the digits.
  expect(Math.max(...ratio)).toBeLessThan(1 + 1e3 * d ** 2 * Number.EPSILON);
  expect(Math.abs(ratio.at(-1)! - 1)).toBeLessThan(1e3 * d ** 2 * Number.EPSILON);
});

describe('mistakes show', () => {
  test('χ² in the place of F, and a ridge, are outside of what is expected', () => {
    const seen = gaussianOutliers(4, 0.05, 1);
    const [level, shrinking] = [inform.checks[0]!.expects(settings), inform.checks[1]!.expects(settings)];
    expect([lies(seen.shareByF, level), lies(seen.shareByChiSquare, level)]).toEqual([true, false]);
    expect(lies(seen.shrinkingChange, shrinking)).toBe(true);
    expect(lies(seen.shrinkingChangeWithRidge, shrinking)).toBe(false);
  });

  test('a covariance that is too small makes outliers of the reference', () => {
    const sampler = new Sampler(referenceParameters());
    const random = randomStream(1, 'mistake');
    const pairs = Array.from({ length: 60 }, () =>
      preferred(sampler.draw(random), sampler.draw(random), 0.05, random),
    );
    const model = new RewardModel(pairs, settings, 1);
    for (let step = 0; step < 40; step++) model.step();
    const fresh = sampler.drawMany(1000, random);
    const reference = sampler.drawMany(600, random);
    const right = new Judge(model, reference, 0.05, 0).judge(fresh).outliers;
    // The mistake: only the most usual responses are taken for the reference.
    const isUsual = ({ filler }: Response): boolean => filler.length >= 5 && filler.length <= 7;
    const wrong = new Judge(model, reference.filter(isUsual), 0.05, 0).judge(fresh).outliers;
    expect(lies(right, { atLeast: 0.025, atMost: 0.1 })).toBe(true);
    expect(wrong).toBeGreaterThan(0.1);
    model.free();
  });
});
