// Numbers, shares and times as readers see them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  count,
  formatNumber,
  formatSeconds,
  formatShare,
  typesetNumber,
  typesetSigned,
} from '../../src/report/format.ts';

test('numbers as people write them', () => {
  const cases: readonly [number, string][] = [
    [0, '0'],
    [-0, '0'],
    [12, '12'],
    [1 / 3, '0.333333'],
    [0.0001, '0.0001'],
    [0.00001234567, '1.23457e-5'],
    [2 ** -52, '2.22e-16'],
    [1234567, '1234567'],
    [123456789.123, '1.23457e8'],
    [1e300, '1e300'],
    [-Number.MAX_VALUE, '-1.79769e308'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ];
  for (const [x, text] of cases) expect(formatNumber(x)).toBe(text);
  expect(formatNumber(350_000, 2)).toBe('3.5e5');
  expect(typesetNumber(-2.5e-12)).toBe('−2.5e−12');
  expect(typesetNumber(Number.NEGATIVE_INFINITY)).toBe('−∞');
  expect(typesetSigned(0.25)).toBe('+0.25');
  expect(typesetSigned(-0.25)).toBe('−0.25');
  expect(typesetSigned(0)).toBe('0');
});

test('a formatted number is within half a unit of its last digit', () => {
  fc.assert(
    fc.property(
      // Below the largest double, which would be rounded past it.
      fc.double({ noNaN: true, min: -1e308, max: 1e308 }),
      fc.integer({ min: 2, max: 9 }),
      (x, digits) => {
        // Rounding to d digits moves a number by at most half of 10^(1−d) of itself; noise below 1e-9 keeps four at most.
        const kept = Math.abs(x) < 1e-9 ? Math.min(digits, 4) : digits;
        // A subnormal number may be further from what it is printed as than that: one unit of the grid is added.
        const bound = 0.5 * 10 ** (1 - kept) * Math.abs(x) * (1 + 1e-12) + Number.MIN_VALUE;
        const text = formatNumber(x, digits);
        expect(Math.abs(Number(text) - x)).toBeLessThanOrEqual(bound);
        expect(text.length).toBeLessThan(20);
      },
    ),
    { numRuns: 500 },
  );
});

test('shares, seconds, counts', () => {
  expect(formatShare(1, 4)).toBe('25 %');
  expect(formatShare(1, 400)).toBe('0.3 %');
  expect(formatShare(0, 4)).toBe('0 %');
  expect(formatShare(0, 0)).toBe('–');
  expect(formatShare(1, Number.NaN)).toBe('–');
  expect([0.0004, 0.085, 1.236, 83.4, Number.NaN].map(formatSeconds)).toEqual([
    '0.4 ms',
    '85 ms',
    '1.24 s',
    '83 s',
    '–',
  ]);
  expect(count(1, 'claim')).toBe('1 claim');
  expect(count(0, 'claim')).toBe('0 claims');
});
