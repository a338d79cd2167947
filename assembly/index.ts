// What the module exports: functions on pointers. No allocation, no static data, no policy; the host owns the memory.
export { adamwF32, adamwF64 } from './adamw';
export {
  attentionScratchBytes,
  attentionWeightsF32,
  attentionWeightsF64,
  causalProductF32,
  causalProductF64,
} from './attention';
export {
  attendRowsF32,
  attendRowsF64,
  cachedScratchBytes,
  keepRowsF32,
  keepRowsF64,
} from './cachedAttention';
export { multiplyAdd8, multiplyAdd10, multiplyAdd12 } from './ceiling';
export { tablesBytes, writeTables } from './coefficients';
export {
  crossEntropyF32,
  crossEntropyF64,
  crossEntropyVjpF32,
  crossEntropyVjpF64,
} from './crossEntropy';
export {
  binaryF32,
  binaryF64,
  fillF32,
  fillF64,
  fillI32,
  unaryF32,
  unaryF64,
  whereF32,
  whereF64,
} from './elementwise';
export { gatherRows, scatterAddF32, scatterAddF64 } from './gather';
export { layerNormF32, layerNormF64 } from './layerNorm';
export {
  layerNormScaleVjpF32,
  layerNormScaleVjpF64,
  layerNormVjpF32,
  layerNormVjpF64,
} from './layerNorm-vjp';
export { maskAboveF32, maskAboveF64 } from './mask';
export { matmulF32, matmulF64, matmulScratchBytes } from './matmul';
export { isRelaxed } from './multiplyAdd';
export {
  addPartialsF32,
  addPartialsF64,
  maxF32,
  maxF64,
  squareSumsF32,
  squareSumsF64,
  sumF32,
  sumF64,
} from './reduce';
export {
  logSoftmaxF32,
  logSoftmaxF64,
  logSumExpF32,
  logSumExpF64,
  softmaxAlongF32,
  softmaxAlongF64,
  softmaxF32,
  softmaxF64,
} from './rows';
export { readStrided4, readStrided8, writeStrided4, writeStrided8 } from './strided';
