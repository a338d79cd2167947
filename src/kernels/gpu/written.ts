// Which buffers each kernel writes, seen from its arguments. The compiler asks for a line here when a kernel is added.
import type { KernelBuffer, Kernels } from '../interface.ts';

/** Members of `Kernels` that compute nothing from buffers. */
type Keeping =
  | 'backend'
  | 'device'
  | 'build'
  | 'threads'
  | 'allocate'
  | 'release'
  | 'write'
  | 'readSync'
  | 'read'
  | 'memory'
  | 'choices';

/** Members that write buffers. */
export type Writing = Exclude<keyof Kernels, Keeping>;

/** The buffers that a call writes, from its arguments. */
export const written: {
  readonly [K in Writing]: (...operands: Parameters<Kernels[K]>) => readonly KernelBuffer[];
} = {
  fill: (out) => [out],
  unary: (_kernel, _x, out) => [out],
  binary: (_kernel, _x, _y, out) => [out],
  where: (_mask, _x, _y, out) => [out],
  reduce: (_kernel, _x, out) => [out],
  row: (_kernel, _x, out) => [out],
  softmaxAlong: (_p, _v, out) => [out],
  logSumExp: (_x, out) => [out],
  layerNorm: (_x, _gamma, _beta, out) => [out],
  layerNormVjp: (_x, _gamma, _cotangent, out) => [out],
  layerNormScaleVjp: (_x, _cotangent, out) => [out],
  crossEntropy: (_x, _targets, out) => [out],
  crossEntropyVjp: (_x, _targets, _cotangent, out) => [out],
  attentionWeights: (_query, _key, out) => [out],
  causalProduct: (_form, _a, _b, out) => [out],
  adamw: (_operands, results) => results.flatMap(({ update, mean, square }) => [update, mean, square]),
  squareSum: (_operands, out) => [out],
  cachedAttention: (_x, keys, values, _slots, _places, out) => [keys, values, out],
  maskAbove: (_x, out) => [out],
  matmul: (_form, _a, _b, out) => [out],
  linear: (_x, _weight, _bias, out) => [out],
  linearAdd: (_x, _weight, _bias, _residual, out) => [out],
  linearGelu: (_x, _weight, _bias, out) => [out],
  gather: (_x, _indices, out) => [out],
  scatterAdd: (_updates, _indices, out) => [out],
  gatherStrided: (_x, out) => [out],
  scatterStrided: (_x, out) => [out],
};

/** Their names. */
export const writing: readonly Writing[] = Object.keys(written) as Writing[];
