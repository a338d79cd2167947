// Counts and verdicts over results.
import { expect, test } from 'vitest';
import { errorRatio, tally, verdictSentence, verdicts } from '../../src/report/tally.ts';
import { failing, holding } from './fixtures.ts';

const check = holding().claims[0]!.checks[0]!;

test('error / tolerance: nothing of nothing is 0, something of nothing is infinite', () => {
  expect(errorRatio({ ...check, error: 0, tolerance: 0 })).toBe(0);
  expect(errorRatio({ ...check, error: 1, tolerance: 0 })).toBe(Number.POSITIVE_INFINITY);
  expect(errorRatio({ ...check, error: 1, tolerance: 4 })).toBe(0.25);
  expect(errorRatio({ ...check, error: Number.NaN })).toBeNaN();
});

test('counts of a result that holds and of one that fails', () => {
  const good = tally(holding().claims);
  expect([good.checks, good.passed, good.controls, good.rejected]).toEqual([80, 80, 30, 30]);
  expect(good.worst!).toBeLessThanOrEqual(1);
  expect(good.weakest!).toBeGreaterThan(1);

  const bad = tally(failing().claims);
  expect([bad.checks, bad.passed, bad.controls, bad.rejected]).toEqual([72, 71, 27, 26]);
  expect(bad.worst!).toBeGreaterThan(1);
  expect(bad.weakest!).toBeLessThanOrEqual(1);
  expect(verdicts(failing().claims)).toEqual({ holds: 7, fails: 2, notApplicable: 1 });
});

test('without checks there is no worst, and NaN is not hidden by better ones', () => {
  expect(tally([]).worst).toBeUndefined();
  const [claim] = holding().claims;
  const withNaN = { ...claim!, checks: [{ ...check, error: Number.NaN, holds: false }, ...claim!.checks] };
  expect(tally([withNaN]).worst).toBeNaN();
});

test('the verdict in a sentence', () => {
  expect(verdictSentence(holding().claims)).toBe('All 10 claims hold');
  expect(verdictSentence(failing().claims)).toBe('2 of 9 claims fail, 1 not applicable');
  expect(verdictSentence(holding().claims.slice(0, 1))).toBe('The claim holds');
  expect(verdictSentence(failing().claims.filter((c) => c.verdict === 'notApplicable'))).toBe(
    'No claim applies to this policy',
  );
});
