// Decimal numbers as people type them, and nothing else.
import { expect, test } from 'vitest';
import { parseDecimal } from '../../src/base/decimal.ts';

test.each([
  ['0.1', 0.1],
  ['-3', -3],
  ['+2', 2],
  ['1e-4', 1e-4],
  ['1E3', 1000],
  ['.5', 0.5],
  ['5.', 5],
])('%s is read', (text, value) => {
  expect(parseDecimal(text)).toBe(value);
});

test.each([
  '',
  ' 1',
  '1 ',
  '3x',
  '0x10',
  '0b1',
  '1e999',
  '-1e999',
  'Infinity',
  'NaN',
  'abc',
  '1,5',
  '1_000',
  '.',
  'e5',
  '--1',
  '1e',
  '٣',
])('%j is refused', (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});
