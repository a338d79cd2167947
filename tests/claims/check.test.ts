// Builders of checks and controls, tolerances, and the verdict made from them: NaN never holds and is never rejected.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { runClaim } from '../../src/analyses/verify.ts';
import {
  exactly,
  graphOperations,
  largestLog,
  rounding,
  UNIT_ROUNDOFF,
} from '../../src/attribution/tolerance.ts';
import {
  type Comparison,
  check,
  control,
  difference,
  distance,
  excess,
  shortfall,
  worst,
} from '../../src/claims/check.ts';
import type { Claim, ClaimSubject, Findings } from '../../src/claims/claim.ts';
import { unverifiable } from '../../src/claims/unverifiable.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { compileTree } from '../../src/policy/tree.ts';
import { chooseKernels } from '../oracle/kernels.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const of = (...values: number[]): Float64Array => Float64Array.from(values);
const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
const subject: ClaimSubject = { policy, companion: policy, companionIs: 'companion', seed: 1 };
const within = (value: number) => ({ value, bound: 'a test' });

describe('comparisons', () => {
  test('differences and one-sided ones', () => {
    expect(difference(1, 3)).toEqual({ measured: 1, expected: 3, error: 2 });
    expect(excess(5, 3).error).toBe(2);
    expect(excess(2, 3).error).toBe(0);
    expect(shortfall(5, 3).error).toBe(0);
    expect(shortfall(2, 3).error).toBe(1);
    expect(distance(of(1, 5), of(1, 2))).toMatchObject({ error: 3 });
    expect(distance(of(3, 4), of(0, 0))).toMatchObject({ measured: 5, expected: 0 });
    expect(distance(of(), of()).error).toBe(0);
  });

  test('arrays of unequal length are infinitely far apart', () => {
    expect(distance(of(1), of(1, 1)).error).toBe(infinity);
    // The second has no partner.
    expect(distance(of(1, 1), of(1)).error).toBeNaN();
  });

  test('a NaN anywhere is the error', () => {
    for (const at of [0, 1, 2]) {
      const values = of(0, 5, 0);
      values[at] = nan;
      expect(distance(values, of(0, 0, 0)).error).toBeNaN();
      expect(distance(of(0, 0, 0), values).error).toBeNaN();
    }
    for (const error of [
      difference(nan, 1),
      difference(1, nan),
      difference(infinity, infinity),
      excess(nan, 1),
      shortfall(nan, 1),
    ]) {
      expect(error.error).toBeNaN();
    }
  });

  test('a limit that is NaN is no limit', () => {
    expect(excess(1, nan).error).toBeNaN();
    expect(shortfall(1, nan).error).toBeNaN();
  });

  test('the worst of several is the largest error, NaN above all', () => {
    const errors = fc.array(fc.oneof(fc.constant(nan), fc.double({ min: 0, noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(errors, (list) => {
        const found = worst(list.map((error): Comparison => ({ measured: 0, expected: 0, error }))).error;
        if (list.some(Number.isNaN)) expect(found).toBeNaN();
        else expect(found).toBe(Math.max(...list));
      }),
    );
  });
});

describe('verdicts of single numbers', () => {
  test('a check holds up to its tolerance, a control is rejected above it, never both', () => {
    const number = fc.oneof(fc.constantFrom(nan, infinity, 0), fc.double({ min: 0 }));
    fc.assert(
      fc.property(number, number, (error, tolerance) => {
        const comparison = { measured: 1, expected: 2, error };
        const { holds } = check('c', comparison, within(tolerance));
        const { rejected } = control(subject, 'c', 'wrong', comparison, within(tolerance));
        expect(holds).toBe(error <= tolerance);
        expect(rejected).toBe(error > tolerance);
        if (Number.isNaN(error) || Number.isNaN(tolerance)) expect([holds, rejected]).toEqual([false, false]);
        else expect(holds).toBe(!rejected);
      }),
    );
  });

  test('what they report', () => {
    const comparison = { measured: 1, expected: 2, error: 1 };
    expect(check('name', comparison, within(3))).toEqual({
      name: 'name',
      ...comparison,
      tolerance: 3,
      bound: 'a test',
      holds: true,
    });
    expect(control(subject, 'name', 'wrong', comparison, exactly)).toEqual({
      name: 'name',
      statement: 'wrong',
      error: 1,
      tolerance: 0,
      rejected: true,
      on: 'companion',
    });
  });
});

describe('the verdict of a claim', () => {
  beforeAll(chooseKernels);
  const claimOf = (findings: Partial<Findings>, rest: Partial<Claim> = {}): Claim => ({
    id: 'C1',
    title: '',
    statement: '',
    formulas: [],
    assumptions: [],
    run: () => ({ checks: [], controls: [], figures: [], ...findings }),
    ...rest,
  });
  const checked = (error: number) => check('', { measured: 0, expected: 0, error }, within(1));
  const controlled = (error: number) =>
    control(subject, '', '', { measured: 0, expected: 0, error }, within(1));
  const verdict = (findings: Partial<Findings>): string => runClaim(claimOf(findings), subject).verdict;

  test('holds only if every check holds and every control is rejected', () => {
    expect(verdict({ checks: [checked(0), checked(1)], controls: [controlled(2)] })).toBe('holds');
    expect(verdict({ checks: [checked(0), checked(2)], controls: [controlled(2)] })).toBe('fails');
    expect(verdict({ checks: [checked(0)], controls: [controlled(2), controlled(1)] })).toBe('fails');
    expect(verdict({ checks: [checked(nan)], controls: [controlled(2)] })).toBe('fails');
    expect(verdict({ checks: [checked(0)], controls: [controlled(nan)] })).toBe('fails');
  });

  test('is none where nothing is checked', () => {
    expect(() => verdict({ controls: [controlled(2)] })).toThrow(
      'claim "C1": expected at least one check, found none',
    );
  });

  test('without a subject it gives the reason and does not run', () => {
    const run = (): Findings => {
      throw new Error('ran');
    };
    const result = runClaim(claimOf({}, { run, notApplicable: () => 'no subject' }), subject);
    expect(result).toMatchObject({
      verdict: 'notApplicable',
      reason: 'no subject',
      checks: [],
      controls: [],
      seconds: 0,
    });
    expect(() => runClaim(claimOf({}, { run, notApplicable: () => undefined }), subject)).toThrow('ran');
  });

  test('numbers that float64 cannot check are no subject for any claim', () => {
    const large = { ...policy, logits: { ...policy.logits, sample: policy.logits.sample.map(() => -1.1e6) } };
    const rich = { ...policy, reward: { kind: 'table', values: of(1, 2, 3, 4, 5, -2e150) } } as const;
    expect(unverifiable(policy)).toBeUndefined();
    expect(unverifiable(large)).toContain('logits up to 1.1e+6');
    expect(unverifiable({ ...policy, reference: large.logits })).toContain('logits up to 1.1e+6');
    expect(unverifiable(rich)).toContain('rewards up to 2.0e+150');
    expect(runClaim(claimOf({}), { ...subject, policy: rich }).verdict).toBe('notApplicable');
  });
});

describe('tolerances', () => {
  test('γ(n) times the size of what is added up', () => {
    expect(UNIT_ROUNDOFF).toBe(2 ** -53);
    const { value, bound } = rounding(100, 3, 'three');
    const nu = 100 * 2 ** -53;
    expect(value).toBe((nu / (1 - nu)) * 3);
    expect(bound).toBe('rounding: γ(100) · 3 (three)');
    expect(rounding(10, 0, '').value).toBe(0);
    expect(rounding(10, nan, '').value).toBeNaN();
  });

  test('the sentence names the size to three digits', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 1e-300, max: 1e300, noNaN: true })),
        (x) => {
          const shown = Number(rounding(1, x, '').bound.split(' ')[3]);
          expect(Math.abs(shown - x)).toBeLessThanOrEqual(0.005001 * x);
        },
      ),
    );
    expect(rounding(1, 500, '').bound).toContain(' · 500 ');
    expect(rounding(1, infinity, '').bound).toContain(' · Infinity ');
  });

  test('a sum of n roundings stays within γ(n)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 200 }),
        (xs) => {
          const forwards = xs.reduce((a, b) => a + b, 0);
          const backwards = xs.reduceRight((a, b) => a + b, 0);
          const size = xs.reduce((a, b) => a + Math.abs(b), 0);
          expect(Math.abs(forwards - backwards)).toBeLessThanOrEqual(rounding(2 * xs.length, size, '').value);
        },
      ),
    );
  });

  test('larger graphs and logarithms cost more roundings', () => {
    const [small, large] = [2, 3].map((vocabulary) => compileTree({ attempts: 2, length: 1, vocabulary }));
    expect(graphOperations(large!, 1)).toBeGreaterThan(graphOperations(small!, 1));
    expect(graphOperations(small!, 40)).toBeGreaterThan(graphOperations(small!, 1));
    expect(largestLog(of(-1, -3, -900), of(0.9, 0.1, 0))).toBe(3);
    expect(largestLog(of(-1, -3, -900), of(0.4, 0.3, 0.3))).toBe(900);
    expect(largestLog(of(-5, -1), of(0.1, 0.9))).toBe(5);
  });
});
