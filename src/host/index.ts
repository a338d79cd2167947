// Public surface of gradsplit/node: what needs files: the kernels of the package, and models in Hugging Face folders.

export { type LoadOptions, loadWasmKernels, loadWasmKernelsSync } from './loadKernels.ts';
export { readModelFolder, type StoredModel, writeModelFolder } from './modelFolder.ts';
export type { WasmBuild } from './wasmBuild.ts';
