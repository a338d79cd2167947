// Measures on episodes written by hand, and the area under the curve against all pairs.
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random.ts';
import type { JudgedEpisode } from '../../../src/episodes/index.ts';
import { areaUnderCurve } from '../../../src/training/evaluation/measures.ts';
import { estimateMeasures, evaluationMeasures } from '../../../src/training/index.ts';

const EPISODES: readonly JudgedEpisode[] = [
  { right: [true], stop: [0.9] },
  { right: [false, true], stop: [0.2, 0.7] },
  { right: [false, false, true], stop: [0.4, 0.1] },
  { right: [true, false, false], stop: [0.3, 0.6] },
];

test('measures of four episodes', () => {
  const m = evaluationMeasures(EPISODES, 3);
  expect(m.accuracy).toBe(3 / 4);
  expect(m.firstAttempt).toBe(2 / 4);
  expect(m.laterAttempts).toEqual([1 / 2, 1]);
  const a = (0.9 + 0.7 + 0.3) / 3;
  const f = (0.2 + 0.4 + 0.1 + 0.6) / 4;
  expect(m.stopGivenCorrect).toBeCloseTo(a, 14);
  expect(m.resampleGivenWrong).toBeCloseTo(1 - f, 14);
  expect(m.balancedAccuracy).toBeCloseTo((a + 1 - f) / 2, 14);
  expect(m.attempts).toBe(9 / 4);
  expect(m.closedForm).toBeCloseTo((0.5 * a) / (0.5 * a + 0.5 * f), 14);
  // Of 3 × 4 pairs, 0.3 loses against 0.4 and 0.6.
  expect(m.auc).toBeCloseTo(10 / 12, 14);
});

test('the area under the curve counts pairs, ties half', () => {
  const random = randomStream(1, 'auc');
  const scores = (n: number): number[] => Array.from({ length: n }, () => random.integer(6));
  const [x, y] = [scores(20), scores(30)];
  let pairs = 0;
  for (const a of x) for (const b of y) pairs += a > b ? 1 : a === b ? 0.5 : 0;
  expect(areaUnderCurve(x, y)).toBeCloseTo(pairs / 600, 14);
});

test('what cannot be measured is no number', () => {
  const m = evaluationMeasures([{ right: [true], stop: [0.9] }], 2);
  expect([m.resampleGivenWrong, m.auc, m.laterAttempts[0]]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('the interval of a proportion has the width of a binomial', () => {
  const random = randomStream(2, 'episodes');
  const episodes = Array.from({ length: 400 }, () => ({ right: [random.uniform() < 0.3], stop: [] }));
  const { accuracy } = estimateMeasures(episodes, 1, randomStream(3, 'bootstrap'));
  const halfWidth = (accuracy.ci95[1] - accuracy.ci95[0]) / 2;
  const expected = 1.96 * Math.sqrt((accuracy.mean * (1 - accuracy.mean)) / 400);
  // Quantiles from 400 resamples are off by about a tenth of the width.
  expect(Math.abs(halfWidth / expected - 1)).toBeLessThan(0.3);
  expect(accuracy.ci95[0]).toBeLessThan(accuracy.mean);
});
