// Public surface of gradsplit/node, for everything that needs files: kernels of the package and models in Hugging Face folders.

export { type LoadOptions, loadWasmKernels, loadWasmKernelsSync } from './loadKernels.ts';
export { openModelFolder, readModelFolder, type StoredModel, writeModelFolder } from './modelFolder.ts';
export { type OpenOptions, openRollouts, type PassProgress, type RolloutSource } from './rollouts/open.ts';
export { hasTokenizer, openTokenizer } from './tokenizer.ts';
export type { WasmBuild } from './wasmBuild.ts';
