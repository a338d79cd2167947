// Shapes as numbers: sizes, strides, broadcasting, axes.
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  stridesOf,
} from '../../src/tensor/shape.ts';

test('sizes and strides', () => {
  expect([sizeOf([]), sizeOf([2, 3]), sizeOf([2, 0])]).toEqual([1, 6, 0]);
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
  expect([sameShape([2], [2]), sameShape([2], [3]), sameShape([2], [2, 1])]).toEqual([true, false, false]);
});

describe('broadcasting', () => {
  test.each([
    [[], [], []],
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [[1], [0], [0]],
    [
      [4, 1, 2],
      [3, 1],
      [4, 3, 2],
    ],
  ])('%j with %j is %j', (a, b, result) => {
    expect(broadcastShapes('add', a, b)).toEqual(result);
    expect(broadcastShapes('add', b, a)).toEqual(result);
  });

  test('says which op and which shapes do not go together', () => {
    expect(() => broadcastShapes('mul', [2, 3], [2])).toThrow(
      new ShapeError('mul: shapes [2, 3] and [2] do not broadcast'),
    );
  });

  test('repeated axes are read with stride 0', () => {
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([], [2, 2])).toEqual([0, 0]);
  });
});

test('axes count from either end and come back in order', () => {
  expect(normalizeAxis('sum', -1, [2, 3])).toBe(1);
  expect(normalizeAxes('sum', undefined, [2, 3])).toEqual([0, 1]);
  expect(normalizeAxes('sum', [-1, 0], [2, 3])).toEqual([0, 1]);
  expect(normalizeAxes('sum', 1, [2, 3])).toEqual([1]);
  expect(() => normalizeAxis('sum', 0.5, [2, 3])).toThrow('sum: there is no axis 0.5 in shape [2, 3]');
  expect(() => normalizeAxes('sum', [0, -2], [2, 3])).toThrow('twice');
});

test('axes are integers ≥ 0', () => {
  expect(() => checkShape('zeros', [2, -1])).toThrow(ShapeError);
  expect(() => checkShape('zeros', [1.5])).toThrow(
    'zeros: every axis of a shape must be an integer ≥ 0, found [1.5]',
  );
  expect(() => checkShape('zeros', [0, 3])).not.toThrow();
});
