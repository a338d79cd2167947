// The package's main entry, which runs in browsers too: the engine, policies, objectives and claims. Whole runs and the kernels'
// own file are behind gradsplit/node.
export { exact, exactDocument, prove, verify, verifyDocument } from './analyses/index.ts';
export * from './autodiff/index.ts';
export { version } from './base/version.ts';
export { claims } from './claims/index.ts';
export { referenceKernels, wasmKernels } from './kernels/index.ts';
export { getObjective, objectiveNames } from './objectives/index.ts';
export { parsePolicy, policyChunks } from './policy/format.ts';
export { randomPolicy } from './policy/random.ts';
export type { TabularPolicy } from './policy/tabular.ts';
