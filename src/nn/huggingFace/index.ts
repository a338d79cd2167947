// Hugging Face folders of a GPT-2: the contents of their files ↔ configs and parameters.
export type { ByteSource } from './byteSource.ts';
export { formatGpt2Config, parseGpt2Config } from './configJson.ts';
export { formatGpt2Files, parseGpt2Weights } from './folder.ts';
export { readSafetensors, type Safetensors, type TensorToWrite, writeSafetensors } from './safetensors.ts';
export type { StoredTensor } from './safetensorsHeader.ts';
export { openShards } from './shards.ts';
export type { ModelFiles } from './storedFiles.ts';
export { isStoredFloat, type StoredFloat, type StoredValues } from './storedValues.ts';
