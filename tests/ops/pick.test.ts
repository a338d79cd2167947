// Values and errors of pick and place; derivatives and batching are tested through the registry.
import { expect, test } from 'vitest';
import { pick, place, tensor, useKernels, zeros } from '../../src/autodiff/index.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { contents } from './host.ts';

useKernels(referenceKernels());

const at = tensor([2, 0], { dtype: 'i32' });

test('one element of every row, and back', () => {
  const x = tensor([
    [1, 2, Number.POSITIVE_INFINITY],
    [4, Number.NaN, 6],
  ]);
  expect(contents(pick(x, at))).toEqual({ shape: [2], values: [Number.POSITIVE_INFINITY, 4] });
  expect(contents(place(tensor([7, 8]), at, 3))).toEqual({ shape: [2, 3], values: [0, 0, 7, 8, 0, 0] });
  const none = tensor([], { dtype: 'i32' });
  expect(pick(zeros([0, 3]), none).shape).toEqual([0]);
  expect(place(zeros([0]), none, 3).shape).toEqual([0, 3]);
});

test('says what does not fit', () => {
  expect(() => pick(zeros([3, 2]), at)).toThrow(
    'pick: expected x [rows, columns] and indices [rows], found [3, 2] and [2]',
  );
  expect(() => pick(zeros([2, 2]), at)).toThrow('pick: targets[0] = 2 is not in [0, 2)');
  expect(() => pick(zeros([2, 2]), zeros([2]))).toThrow('pick: indices must be i32');
  expect(() => place(zeros([3]), at, 3)).toThrow(
    'place: expected values [rows] and indices [rows], found [3] and [2]',
  );
  expect(() => place(zeros([2]), at, 2)).toThrow('place: targets[0] = 2 is not in [0, 2)');
  expect(() => place(zeros([2]), at, -1)).toThrow('place: columns must be an integer ≥ 0, found -1');
});
