// Tensors from host values and back, and what happens to those that were freed.
import { beforeEach, describe, expect, test } from 'vitest';
import { InputError, ShapeError } from '../../src/base/errors.ts';
import type { Kernels } from '../../src/kernels/interface.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { add } from '../../src/ops/index.ts';
import { currentKernels, useKernels } from '../../src/tensor/backend.ts';
import { full, indices, ones, tensor, zeros } from '../../src/tensor/tensor.ts';

let kernels: Kernels;
beforeEach(() => {
  kernels = referenceKernels();
  useKernels(kernels);
});

test('the kernels in use are those chosen last', () => {
  expect(currentKernels()).toBe(kernels);
});

describe('values', () => {
  test('indices from the host are known there: no device is asked for them', async () => {
    const never = (): never => {
      throw new Error('the device was asked');
    };
    useKernels({ ...kernels, readSync: never, read: never });
    const given = indices([3, 0]);
    expect(given.readSync()).toEqual(Int32Array.of(3, 0));
    expect(await given.read()).toEqual(Int32Array.of(3, 0));
    // What is read is a copy.
    given.readSync()[0] = 7;
    expect(given.readSync()[0]).toBe(3);
    expect(() => tensor([3]).readSync()).toThrow('the device was asked');
  });

  test('a number, a list, a typed array, nested lists', () => {
    expect(tensor(3).shape).toEqual([]);
    expect(tensor(3).item()).toBe(3);
    expect(tensor([1, 2]).readSync()).toEqual(new Float64Array([1, 2]));
    expect(tensor(new Float32Array([0.5])).dtype).toBe('f64');
    const nested = tensor(
      [
        [[1], [2]],
        [[3], [4]],
        [[5], [6]],
      ],
      { dtype: 'f32' },
    );
    expect(nested.shape).toEqual([3, 2, 1]);
    expect(nested.readSync()).toEqual(new Float32Array([1, 2, 3, 4, 5, 6]));
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
  });

  test('a shape given besides', () => {
    const x = tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
    expect([x.shape, x.size]).toEqual([[2, 3], 6]);
    expect(() => tensor([1, 2], { shape: [3] })).toThrow(
      new ShapeError('tensor: shape [3] needs 3 values, found 2'),
    );
  });

  test.each([
    [[[1, 2], [3]], 'tensor: nested arrays are ragged: expected shape [2] at position 1'],
    [[[1], 2], 'tensor: nested arrays are ragged: expected shape [1] at position 1'],
    [[1, [2]], 'tensor: nested arrays are ragged: expected a number at position 1'],
  ])('%j is ragged', (values, message) => {
    expect(() => tensor(values as number[])).toThrow(new ShapeError(message));
  });

  test('indices are 32-bit integers', () => {
    expect(indices([3, 0]).readSync()).toEqual(new Int32Array([3, 0]));
    expect(() => indices([0, 1.5])).toThrow(
      new InputError('indices: expected 32-bit integers, found 1.5 at position 1'),
    );
    expect(() => indices([2 ** 31])).toThrow(InputError);
  });

  test('filled', () => {
    expect(zeros([2]).readSync()).toEqual(new Float64Array(2));
    expect(ones([], 'f32').readSync()).toEqual(new Float32Array([1]));
    expect(full([1, 2], 7, 'i32').readSync()).toEqual(new Int32Array([7, 7]));
    expect(() => zeros([-1])).toThrow('zeros: every axis');
  });

  test('reading', async () => {
    const x = tensor([1, 2]);
    expect(await x.read()).toEqual(new Float64Array([1, 2]));
    expect(() => x.item()).toThrow(new ShapeError('item: expected one element, found shape [2]'));
    x.readSync()[0] = 9;
    expect(x.readSync()[0]).toBe(1);
  });
});

describe('dispose', () => {
  test('frees the memory, once', () => {
    const x = tensor([1, 2]);
    expect(kernels.memory().buffers).toBe(1);
    x.dispose();
    x.dispose();
    expect(kernels.memory().buffers).toBe(0);
  });

  test('afterwards the tensor names the op that made it', () => {
    const sum = add(tensor([1, 2]), 1);
    sum.dispose();
    const message = 'the tensor [2] made by add was used after dispose()';
    expect(() => sum.readSync()).toThrow(message);
    expect(() => add(sum, 1)).toThrow(message);
    expect(sum.shape).toEqual([2]);
  });

  test('memory that is shared lives as long as one of its tensors', () => {
    const x = tensor([1, 2]);
    const y = x.share([2, 1], 'reshape');
    x.dispose();
    expect(y.readSync()).toEqual(new Float64Array([1, 2]));
    y.dispose();
    expect(kernels.memory().buffers).toBe(0);
  });
});
