// Public surface of gradsplit/nn: architectures, parameters by group, and Hugging Face folders of them.

export { type CompleteGpt2Config, completeConfig, type Gpt2Config } from './config.ts';
export { type Decoder, decoder, type Feed } from './decode.ts';
export { type Gpt2, gpt2 } from './gpt2.ts';
export { byGroup, groupOf, sumOfLabels, withPrefix } from './groups.ts';
export {
  type ByteSource,
  formatGpt2Files,
  type ModelFiles,
  openShards,
  parseGpt2Config,
  parseGpt2Weights,
  readSafetensors,
  type Safetensors,
  type StoredFloat,
  type StoredTensor,
  type StoredValues,
  type TensorToWrite,
  writeSafetensors,
} from './huggingFace/index.ts';
export { initialise } from './initialise.ts';
export { gpt2Layout, type Initial, type ParameterSpec } from './layout.ts';
export {
  ARCHITECTURES,
  type ClosedModel,
  closedModel,
  decoderOf,
  formatModelFiles,
  type ModelConfig,
  networkOfConfig,
  type OpenedModel,
  openModel,
  parseModelConfig,
  type ReadModel,
  readModel,
} from './model.ts';
export { type Block, type Network, type NetworkConfig, networkOf } from './network.ts';
export { angleTables, frequencies } from './rotary/angles.ts';
export type { RotaryConfig, RotaryScaling } from './rotary/config.ts';
export { rotaryDecoder } from './rotary/decode.ts';
export { parseRotaryConfig, parseRotaryWeights } from './rotary/folder.ts';
export { rotaryLayout } from './rotary/layout.ts';
export { type RotaryNetwork, rotaryNetwork } from './rotary/network.ts';
export { type WeightSource, weightsInMemory } from './weights.ts';
