// The architectures that can be read and written, by the `model_type` of a Hugging Face folder: config.json and weights ↔ network and
// parameters.
import type { FloatType, Parameters, Tensor } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { parseJson } from '../base/jsonText.ts';
import { showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import type { CompleteGpt2Config } from './config.ts';
import { type Decoder, decoder } from './decode.ts';
import { gpt2 } from './gpt2.ts';
import { formatGpt2Config, parseGpt2Config } from './huggingFace/configJson.ts';
import { gpt2Names } from './huggingFace/gpt2Names.ts';
import { Members } from './huggingFace/members.ts';
import type { Safetensors } from './huggingFace/safetensors.ts';
import { type ModelFiles, weightFile } from './huggingFace/storedFiles.ts';
import { findTensors, type StoredNames } from './huggingFace/storedNames.ts';
import type { StoredFloat } from './huggingFace/storedValues.ts';
import { narrowWeights, readParameters } from './huggingFace/storedWeights.ts';
import { checkLayout } from './layout.ts';
import type { Network } from './network.ts';
import type { RotaryConfig } from './rotary/config.ts';
import { formatRotaryConfig } from './rotary/configJson.ts';
import { rotaryDecoder } from './rotary/decode.ts';
import { parseRotaryConfig } from './rotary/folder.ts';
import { rotaryNames } from './rotary/names.ts';
import { rotaryNetwork } from './rotary/network.ts';
import type { WeightSource } from './weights.ts';

/** The sizes of a network of any of the architectures; those of GPT-2 name no architecture. */
export type ModelConfig = CompleteGpt2Config | RotaryConfig;

/** As model cards call the architectures. */
export const ARCHITECTURES = ['gpt2', 'llama', 'mistral', 'qwen2', 'qwen3'] as const;

/** Members that only mixtures of experts have. */
const EXPERTS = ['num_experts', 'num_local_experts', 'n_routed_experts', 'moe_intermediate_size'];

/** @throws InputError if the configuration is of a kind that is not supported, naming it */
function refuseOthers(members: Members): void {
  const { source } = members;
  const type = members.raw('model_type');
  if (EXPERTS.some((key) => members.raw(key) !== undefined)) {
    throw new InputError(
      `${source}: mixtures of experts are not supported, found model_type ${showValue(type)}`,
    );
  }
  if (members.raw('quantization_config') !== undefined) {
    throw new InputError(
      `${source}: quantised weights are not supported; use the folder with the original weights`,
    );
  }
  // Old configurations of GPT-2 name no type.
  if (type === undefined && members.has('n_embd')) return;
  if (ARCHITECTURES.some((known) => known === type)) return;
  const near = typeof type === 'string' ? suggest(type, ARCHITECTURES) : '';
  const found = type === undefined ? 'nothing' : showValue(type);
  throw new InputError(
    `${source}: model_type must be one of ${ARCHITECTURES.join(', ')}, found ${found}${near}`,
  );
}

/**
 * The sizes that a config.json gives, of whatever architecture it names.
 * @param source the name of the text in messages, such as the file's name
 * @throws InputError if the text is not a JSON object, if a size is missing or does not fit, if the weights are quantised, or if it
 *   describes an architecture that is not supported, such as a mixture of experts
 * @example
 * ```ts
 * import { parseModelConfig } from 'gradsplit/nn';
 * const text = '{"model_type": "gpt2", "vocab_size": 9, "n_positions": 8, "n_embd": 4, "n_layer": 1, "n_head": 2}';
 * parseModelConfig(text, 'config.json').width; // → 4
 * ```
 */
export function parseModelConfig(text: string, source: string): ModelConfig {
  const members = new Members(parseJson(text, source), source);
  refuseOthers(members);
  const isGpt2 = [undefined, 'gpt2'].some((type) => type === members.raw('model_type'));
  return isGpt2 ? parseGpt2Config(text, source) : parseRotaryConfig(text, source);
}

/**
 * The network of a configuration.
 * @throws InputError if a size does not fit
 */
export function networkOfConfig(config: ModelConfig): Network<ModelConfig> {
  return 'architecture' in config ? rotaryNetwork(config) : gpt2(config);
}

function namesOf(config: ModelConfig): StoredNames {
  return 'architecture' in config ? rotaryNames(config) : gpt2Names(config);
}

/**
 * A decoder of a network of any architecture: it is fed token by token and gives the logits of the whole network, to the bit.
 * @param parameters those of the network, which must live as long as the decoder
 * @param slots how many sequences it can keep
 * @throws InputError if a parameter is missing, if the parameters have several types, or if `slots` is not an integer ≥ 1; ShapeError
 *   for a wrong shape
 */
export function decoderOf(
  { config, layout }: Network<ModelConfig>,
  parameters: Parameters,
  slots: number,
): Decoder {
  return 'architecture' in config
    ? rotaryDecoder({ config, layout }, parameters, slots)
    : decoder({ config, layout }, parameters, slots);
}

/** A network with its parameters as tensors. */
export interface ReadModel {
  readonly network: Network<ModelConfig>;
  readonly config: ModelConfig;
  /** By path, in the shapes and the order of the network's layout. */
  readonly parameters: Record<string, Tensor>;
}

/** A network with its parameters where they are given when they are needed. */
export interface OpenedModel {
  readonly network: Network<ModelConfig>;
  readonly config: ModelConfig;
  readonly weights: WeightSource;
}

/**
 * A network with all its parameters from an opened file, read tensor by tensor.
 * @param config what config.json gave
 * @param source the name of the file in messages
 * @param dtype of the parameters; values are rounded to it
 * @throws InputError naming the tensor that is missing, unknown, of a wrong shape or type, or not finite; or if the file is damaged
 */
export function readModel(
  file: Safetensors,
  config: ModelConfig,
  source: string,
  dtype: FloatType = 'f32',
): ReadModel {
  // The file first: a network is built only if the file has as many layers as the configuration promises.
  const read = readParameters(file, findTensors(file, namesOf(config), source), source, dtype);
  const network = networkOfConfig(config);
  const parameters = Object.fromEntries(network.layout.map(({ path }) => [path, read[path]!]));
  return { network, config, parameters };
}

/** A model of which no weights have been read yet. */
export interface ClosedModel {
  readonly network: Network<ModelConfig>;
  /** Bytes of the weights in the file. */
  readonly bytes: number;
  /**
   * Reads the weights, which stay in the type of the file and are converted when they are asked for.
   * @throws InputError naming a tensor that does not hold finite floats
   */
  open(): WeightSource;
}

/**
 * Looks at what an opened file has, without its weights.
 * @param config what config.json gave
 * @param source the name of the file in messages
 * @param dtype of the tensors that weights are given as
 * @throws InputError naming the tensor that is missing, unknown, or of a wrong shape
 */
export function closedModel(
  file: Safetensors,
  config: ModelConfig,
  source: string,
  dtype: FloatType = 'f32',
): ClosedModel {
  // The file first: a network is built only if the file has as many layers as the configuration promises.
  const found = findTensors(file, namesOf(config), source);
  const bytes = found.reduce((sum, { stored }) => {
    const place = file.tensors.get(stored);
    return place === undefined ? sum : sum + place.end - place.begin;
  }, 0);
  return {
    network: networkOfConfig(config),
    bytes,
    open: () => narrowWeights(file, found, source, dtype),
  };
}

/**
 * A network whose parameters stay in the type of the file and are converted when they are asked for.
 * @param config what config.json gave
 * @param source the name of the file in messages
 * @param dtype of the tensors that `weights.load` gives
 * @throws InputError naming the tensor that is missing, unknown, of a wrong shape or type, or not finite; or if the file is damaged
 */
export function openModel(
  file: Safetensors,
  config: ModelConfig,
  source: string,
  dtype: FloatType = 'f32',
): OpenedModel {
  const { network, open } = closedModel(file, config, source, dtype);
  return { network, config, weights: open() };
}

/**
 * The files of a model, as Hugging Face's classes read them.
 * @param parameters by path, in the shapes of the network's layout
 * @param type of the stored values, which are rounded to nearest, ties to even
 * @throws InputError or ShapeError if a parameter is missing or has a wrong shape, or if a config.json of the architecture cannot say
 *   what the configuration is
 */
export function formatModelFiles(
  config: ModelConfig,
  parameters: Readonly<Record<string, Tensor>>,
  type: StoredFloat,
): ModelFiles {
  const { architecture, layout } = networkOfConfig(config);
  checkLayout(layout, parameters, architecture);
  const text = 'architecture' in config ? formatRotaryConfig(config, type) : formatGpt2Config(config, type);
  return { config: text, weights: weightFile(namesOf(config), parameters, type) };
}
