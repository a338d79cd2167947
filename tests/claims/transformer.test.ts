// The claims on a transformer with shared parameters, over seeds, and the comparisons they rest on.
import { beforeAll, expect, test } from 'vitest';
import { verify } from '../../src/analyses/verify.ts';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import { meanAgainst } from '../../src/claims/check.ts';
import { claims } from '../../src/claims/index.ts';
import { drawnScores } from '../../src/claims/transformer/monteCarlo.ts';
import { transformerSubject } from '../../src/claims/transformer/subject.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { randomPolicy } from '../../src/policy/random.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const ids = ['C1', 'C2', 'C3', 'C5', 'C8', 'C9'];
const asked = claims.filter(({ id }) => ids.includes(id));

function run(seed: number, transformer: boolean): ReturnType<typeof verify> {
  const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, seed);
  return verify({ policy, generic: true, source: 'test', seed, claims: asked, transformer });
}

test.each([1, 2, 3])('C1, C2, C3, C5, C8, C9 hold on the transformer of seed %i', (seed) => {
  const { claims: results, verdict } = run(seed, true);
  expect(verdict).toBe('holds');
  for (const { claim, checks } of results) {
    const named = checks.some(({ name }) => name.startsWith('transformer'));
    expect(named, claim.id).toBe(true);
  }
});

test('without the transformer nothing of it is checked', () => {
  const { claims: results } = run(1, false);
  const names = results.flatMap(({ checks, controls }) => [...checks, ...controls].map(({ name }) => name));
  expect(names.filter((name) => name.startsWith('transformer'))).toEqual([]);
});

test('labels that are wrong at one edge are seen', () => {
  scope(() => {
    const t = transformerSubject(4);
    const measure = t.policy.reach.map((reach, e) => reach * Math.sin(e));
    const moved = [...t.labels];
    moved[moved.indexOf('decision')] = 'sample';
    const right = t.labelled(measure);
    const wrong = t.labelled(measure, moved);
    const apart = right.reduce((far, x, i) => Math.max(far, Math.abs(x - wrong[i]!)), 0);
    expect(apart).toBeGreaterThan(t.rounding(measure).value);
  });
});

test('an interval of drawn means covers zero for scores and excludes it for their sizes', () => {
  const { score } = drawnScores(5);
  const mean = meanAgainst(score.sample, 0);
  expect(mean.comparison.error).toBeLessThanOrEqual(mean.tolerance.value);
  const size = meanAgainst(score.sample.map(Math.abs), 0);
  expect(size.comparison.error).toBeGreaterThan(size.tolerance.value);
});

test('meanAgainst: mean and five standard errors of a known sample', () => {
  const { comparison, tolerance } = meanAgainst(Float64Array.of(1, 3, 5, 7), 3);
  expect(comparison.measured).toBe(4);
  expect(comparison.error).toBe(1);
  // variance (9 + 1 + 1 + 9)/3 = 20/3, standard error √(20/12)
  expect(tolerance.value).toBeCloseTo(5 * Math.sqrt(20 / 12), 12);
});
