// Public surface of gradsplit/node: what needs files: the kernels from the package's own file, checkpoints.
export type { WasmBuild } from '../host/build.ts';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from '../host/checkpoint.ts';
export { type LoadOptions, loadWasmKernels, loadWasmKernelsSync } from '../host/loadKernels.ts';
