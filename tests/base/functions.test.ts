// a·eˣ where eˣ alone is too small for a float64.
import { expect, test } from 'vitest';
import { timesExp } from '../../src/base/functions.ts';

test.each([
  [1, 0],
  [3, -1],
  [1e300, -720],
  [-1e300, -760],
  [1e308, -1300],
])('%f·e^%f', (a, x) => {
  // e^{x + log|a|}: log|a| is known to half an ulp of itself, x + log|a| to one of its largest part, and both are exponents.
  const expected = Math.sign(a) * Math.exp(x + Math.log(Math.abs(a)));
  const bound = (4 + 2 * Math.max(Math.abs(x), Math.log(Math.abs(a)))) * Number.EPSILON;
  expect(Math.abs(timesExp(a, x) / expected - 1)).toBeLessThanOrEqual(bound);
});

test('what is too small for a float64 is 0, and NaN stays NaN', () => {
  expect(timesExp(1e308, -2000)).toBe(0);
  expect(timesExp(Number.NaN, -800)).toBeNaN();
  expect(timesExp(0, -800)).toBe(0);
});
