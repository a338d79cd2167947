// Public surface of gradsplit/optim: gradient transformations, the optimisers made of them, learning rates.
export { type AdamWOptions, adamw } from './adamw.ts';
export { globalNorm } from './globalNorm.ts';
export { constant, linear, type Schedule, type WarmupCosineOptions, warmupCosine } from './schedule.ts';
export { type SgdOptions, sgd } from './sgd.ts';
export { applyUpdates, chain, type GradientTransformation } from './transformation.ts';
export {
  type AdamOptions,
  accumulateMomentum,
  addDecayedWeights,
  clipByGlobalNorm,
  scaleByAdam,
  scaleByLearningRate,
} from './transformations.ts';
