// Public surface of gradsplit/node: whole runs, and the kernels loaded from the package's own file.
export type { ExactOptions, ExactResult, Norms, ObjectiveResult } from './exact.ts';
export { exact, exactDocument } from './exact.ts';
export type { WasmBuild } from './host/build.ts';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from './host/checkpoint.ts';
export { type LoadOptions, loadWasmKernels, loadWasmKernelsSync } from './host/kernels.ts';
export { version } from './host/version.ts';
export type { VerifyOptions, VerifyProgress, VerifyResult } from './verify.ts';
export { DEFAULT_SHAPE, runClaim, subjectOf, verify, verifyDocument } from './verify.ts';
