// The module exports functions on pointers. It allocates nothing, has no static data and makes no policy decisions; the host owns
// the memory. scripts/writeExports.mjs exports each function of a type T for f32 and for f64 and tells the host its arguments.
export { adamw } from './adamw';
export { attentionScratchBytes, attentionWeights, causalProduct } from './attention';
export { attendRows, cachedScratchBytes, keepRows } from './cachedAttention';
export { multiplyAdd8, multiplyAdd10, multiplyAdd12 } from './ceiling';
export { tablesBytes, writeTables } from './coefficients';
export { crossEntropy, crossEntropyVjp } from './crossEntropy';
export { binary, fill, fillI32, unary, where } from './elementwise';
export { gatherRows, scatterAdd } from './gather';
export { layerNorm } from './layerNorm';
export { layerNormScaleVjp, layerNormVjp } from './layerNormVjp';
export { maskAbove } from './mask';
export { matmul, matmulScratchBytes } from './matmul';
export { isRelaxed } from './multiplyAdd';
export { addPartials, maximum, squareSums, sum } from './reduce';
export { rmsNorm, rmsNormScaleVjp, rmsNormVjp } from './rmsNorm';
export { rotary } from './rotary';
export { logSoftmax, logSumExp, softmax, softmaxAlong } from './rows';
export { readStrided, writeStrided } from './strided';
