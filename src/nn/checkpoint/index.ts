// Checkpoints as Hugging Face folders: the contents of their files ↔ configs and parameters.
export { formatConfig, parseConfig } from './configJson.ts';
export { formatGpt2Files, type Gpt2Files, parseGpt2Weights } from './folder.ts';
export { readSafetensors, type Safetensors, type TensorToWrite, writeSafetensors } from './safetensors.ts';
export type { StoredTensor } from './safetensorsHeader.ts';
export { isStoredFloat, type StoredFloat } from './storedValues.ts';
