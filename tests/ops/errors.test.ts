// What users get wrong: every message names the op and prints what was found.
import { beforeAll, expect, test } from 'vitest';
import * as g from '../../src/autodiff/index.ts';
import { InputError, ShapeError } from '../../src/base/errors.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';

beforeAll(() => g.useKernels(referenceKernels()));

const z = (...shape: number[]): g.Tensor => g.zeros(shape);
const single = (...shape: number[]): g.Tensor => g.zeros(shape, 'f32');
const integers = (...shape: number[]): g.Tensor => g.zeros(shape, 'i32');

const wrongShapes: readonly (readonly [string, () => g.Tensor])[] = [
  ['add: shapes [2, 3] and [4] do not broadcast', () => g.add(z(2, 3), z(4))],
  ['mul: shapes [0] and [3] do not broadcast', () => g.mul(z(0), z(3))],
  ['where: shapes [2] and [3] do not broadcast', () => g.where(z(2), z(3), 0)],
  ['broadcastTo: shape [2, 3] does not broadcast to [3]', () => g.broadcastTo(z(2, 3), [3])],
  ['broadcastTo: shapes [2] and [3] do not broadcast', () => g.broadcastTo(z(2), [3])],
  ['matmul: shapes [2, 3] and [2, 3] do not multiply', () => g.matmul(z(2, 3), z(2, 3))],
  ['matmulTN: shapes [2, 3] and [3, 2] do not multiply', () => g.matmulTN(z(2, 3), z(3, 2))],
  ['matmulNT: shapes [2, 3] and [3, 2] do not multiply', () => g.matmulNT(z(2, 3), z(3, 2))],
  [
    'layerNorm: gamma and beta must have the last axis of x [2, 3], found gamma [3] and beta [2]',
    () => g.layerNorm(z(2, 3), z(3), z(2)),
  ],
  ['rmsNorm: gamma must have the last axis of x [2, 3], found gamma [2]', () => g.rmsNorm(z(2, 3), z(2))],
  [
    'rotary: expected heads of an even width, found 3',
    () => g.rotary(z(2, 3), z(2, 1), z(2, 1), { heads: 1, length: 2 }),
  ],
  [
    'rotary: expected tables [2, 2] beside x [4, 8], found [2, 2] and [1, 2]',
    () => g.rotary(z(4, 8), z(2, 2), z(1, 2), { heads: 2, length: 2 }),
  ],
  ['layerNorm: expected at least one axis, found shape []', () => g.layerNorm(z(), z(1), z(1))],
  [
    'crossEntropy: expected logits [N, V] and targets [N], found logits [2, 3] and targets [3]',
    () => g.crossEntropy(z(2, 3), integers(3)),
  ],
  [
    'linear: expected x [..., m, k], weight [k, n] and bias [n], found x [2, 3], weight [3, 4] and bias [3]',
    () => g.linear(z(2, 3), z(3, 4), z(3)),
  ],
  [
    'linearAdd: expected equal shapes, found residual [4, 2] beside [2, 4]',
    () => g.linearAdd(z(2, 3), z(3, 4), z(4), z(4, 2)),
  ],
  ['causalMask: the last two axes must be [T, T], found shape [2, 3]', () => g.causalMask(z(2, 3))],
  ['lowerTriangle: the last two axes must be [T, T], found shape [3]', () => g.lowerTriangle(z(3))],
  ['embedding: the table must be [vocabulary, width], found shape [3]', () => g.embedding(z(3), integers(2))],
  ['min: there is no axis 2 in shape [2, 3]', () => g.min(z(2, 3), 2)],
  ['matmul: shapes [4, 2, 3] and [5, 2] do not multiply', () => g.matmul(z(4, 2, 3), z(5, 2))],
  ['matmul: shapes [4, 2, 3] and [5, 3, 2] do not multiply', () => g.matmul(z(4, 2, 3), z(5, 3, 2))],
  ['matmul: expected at least 2 axes, found shape [3]', () => g.matmul(z(3), z(3, 2))],
  ['reshape: shape [2, 3] has 6 elements, [4] has 4', () => g.reshape(z(2, 3), [4])],
  ['reshape: every axis of a shape must be an integer ≥ 0, found [-1, 6]', () => g.reshape(z(2, 3), [-1, 6])],
  ['sum: there is no axis 2 in shape [2, 3]', () => g.sum(z(2, 3), 2)],
  ['mean: there is no axis -3 in shape [2, 3]', () => g.mean(z(2, 3), -3)],
  ['max: axes [1, -1] name an axis of shape [2, 3] twice', () => g.max(z(2, 3), [1, -1])],
  ['transpose: axes [0, 0] name an axis of shape [2, 3] twice', () => g.transpose(z(2, 3), [0, 0])],
  ['transpose: the permutation [1] must name every axis of shape [2, 3]', () => g.transpose(z(2, 3), [1])],
  ['slice: [0, 1] … [2, 4] does not lie within shape [2, 3]', () => g.slice(z(2, 3), [0, 1], [2, 4])],
  ['slice: [1] … [0] does not lie within shape [2]', () => g.slice(z(2), [1], [0])],
  ['pad: expected a width ≥ 0 for every axis of shape [2], found [-1] and [0]', () => g.pad(z(2), [-1], [0])],
  ['concat: expected at least one tensor, found none', () => g.concat([], 0)],
  [
    'concat: tensors may differ only along axis 0, found f64 [2, 3], f64 [2, 4]',
    () => g.concat([z(2, 3), z(2, 4)], 0),
  ],
  ['concat: there is no axis 1 in shape [2]', () => g.concat([z(2)], 1)],
  ['gather: expected at least one axis, found shape []', () => g.gather(z(), integers(2))],
  [
    'scatterAdd: the shape of the updates must begin with that of the indices, found updates [3] and indices [2]',
    () => g.scatterAdd(z(3), integers(2), 4),
  ],
  ['softmax: expected at least one axis, found shape []', () => g.softmax(z())],
  ['logSoftmax: expected at least one axis, found shape []', () => g.logSoftmax(z())],
  ['logSumExp: expected at least one axis, found shape []', () => g.logSumExp(z())],
];

test.each(wrongShapes)('%s', (message, call) => {
  expect(call).toThrow(new ShapeError(message));
});

const wrongInputs: readonly (readonly [string, () => g.Tensor])[] = [
  ['add: operands must be of one type, found f32 [2], f64 [2]', () => g.add(single(2), z(2))],
  ['exp: expected f32 or f64, found i32 [2]', () => g.exp(integers(2))],
  ['sum: expected f32 or f64, found i32 [2]', () => g.sum(integers(2))],
  [
    'matmul: operands must be of one type, found f64 [1, 1], f32 [1, 1]',
    () => g.matmul(z(1, 1), single(1, 1)),
  ],
  [
    'where: operands must be of one type, found f64 [2], f32 [2], f32 [2]',
    () => g.where(z(2), single(2), single(2)),
  ],
  ['add: at least one operand must be a tensor, found the numbers 1 and 2', () => g.add(1, 2)],
  ['tanh: expected f32 or f64, found i32 [2]', () => g.tanh(integers(2))],
  [
    'layerNorm: operands must be of one type, found f64 [1], f32 [1], f64 [1]',
    () => g.layerNorm(z(1), single(1), z(1)),
  ],
  ['crossEntropy: indices must be i32, found f64 [2]', () => g.crossEntropy(z(2, 3), z(2))],
  ['gather: indices must be i32, found f64 [2]', () => g.gather(z(3), z(2))],
  ['scatterAdd: rows must be an integer ≥ 0, found 1.5', () => g.scatterAdd(z(2), integers(2), 1.5)],
];

test.each(wrongInputs)('%s', (message, call) => {
  expect(call).toThrow(new InputError(message));
});

test('an index out of range is named, and the result it would have filled is freed', () => {
  const kernels = referenceKernels();
  g.useKernels(kernels);
  const x = z(3);
  const at = g.indices([0, 3]);
  const { buffers } = kernels.memory();
  expect(() => g.gather(x, at)).toThrow('gather: indices[1] = 3 is not in [0, 3)');
  expect(kernels.memory().buffers).toBe(buffers);
});

test('a tensor of other kernels is refused by name', () => {
  const x = g.ones([2]);
  g.useKernels(referenceKernels());
  expect(() => g.neg(x)).toThrow('neg: the tensor made by ones belongs to other kernels than those in use');
});
