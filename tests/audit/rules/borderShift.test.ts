// The bound of border-shift: what is as improbable as the bound is not beyond it, on the labels as beside them.
import { expect, test } from 'vitest';
import { isShift, SHIFT_BOUND } from '../../../src/audit/rules/borderShift.ts';

const below = SHIFT_BOUND - 1e-12;

test('decisions beside the labels and none on them are a shift', () => {
  expect(isShift(below, 0)).toBe(true);
  expect(isShift(below, below)).toBe(false);
  expect(isShift(0, 0)).toBe(false);
  expect(isShift(0, below)).toBe(false);
});

test('at the bound there are none', () => {
  expect(isShift(below, SHIFT_BOUND)).toBe(true);
  expect(isShift(SHIFT_BOUND, 0)).toBe(false);
});
