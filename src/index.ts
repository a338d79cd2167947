// The package's main entry, for Node: runs and their documents, policies, and the choice of kernels. The floors have
// entries of their own (gradsplit/autodiff, gradsplit/objectives, …), which run in browsers too.
export { useKernels } from './autodiff/index.ts';
export { claims } from './claims/index.ts';
export * from './experiments/index.ts';
export { getObjective, objectiveNames } from './objectives/index.ts';
export { parsePolicy, policyChunks } from './policy/format.ts';
export { randomPolicy } from './policy/random.ts';
export type { TabularPolicy } from './policy/tabular.ts';
