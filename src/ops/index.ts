// All op functions.
export { gelu, rsqrt, sigmoid, tanh } from './activations.ts';
export { add, div, mean, mul, neg, sub } from './arithmetic.ts';
export { equal, greater, greaterEqual } from './compare.ts';
export { crossEntropy } from './crossEntropy.ts';
export { embedding } from './embedding.ts';
export { abs, exp, log, reciprocal, sign, sqrt } from './functions.ts';
export { gather, scatterAdd } from './gather.ts';
export { layerNorm } from './layerNorm.ts';
export { causalMask, lowerTriangle } from './mask.ts';
export { matmul, matmulNT, matmulTN } from './matmul.ts';
export { max, min } from './max.ts';
export type { Operand } from './pointwise.ts';
export { clamp, maximum, minimum, where } from './select.ts';
export { concat, pad, slice } from './slice.ts';
export { logSoftmax, logSumExp, softmax } from './softmax.ts';
export { broadcastTo, sum } from './sum.ts';
export { transpose } from './transpose.ts';
export { cast, identity, reshape, stopGradient } from './views.ts';
