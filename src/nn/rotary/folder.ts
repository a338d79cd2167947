// A Hugging Face folder of the family, as the contents of its files → config and parameters.
import type { FloatType, Tensor } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showValue } from '../../base/show.ts';
import { Members } from '../huggingFace/members.ts';
import type { Safetensors } from '../huggingFace/safetensors.ts';
import { findTensors } from '../huggingFace/storedNames.ts';
import { readParameters } from '../huggingFace/storedWeights.ts';
import { checkedRotaryConfig, type RotaryConfig } from './config.ts';
import { llamaConfig } from './llama.ts';
import { mistralConfig } from './mistral.ts';
import { rotaryNames } from './names.ts';
import { qwen2Config } from './qwen2.ts';
import { qwen3Config } from './qwen3.ts';

/** The architectures by their `model_type`. */
const CARDS = { llama: llamaConfig, mistral: mistralConfig, qwen2: qwen2Config, qwen3: qwen3Config } as const;

/**
 * The sizes that a config.json gives.
 * @param source the name of the text in messages, such as the file's name
 * @throws InputError if the text is not a JSON object, if a size is missing or does not fit, if the weights are quantised, or if it
 *   describes another architecture, such as a mixture of experts
 */
export function parseRotaryConfig(text: string, source: string): RotaryConfig {
  const members = new Members(parseJson(text, source), source);
  const type = members.raw('model_type');
  if (members.raw('num_experts') !== undefined || members.raw('num_local_experts') !== undefined) {
    throw new InputError(
      `${source}: mixtures of experts are not supported, found model_type ${showValue(type)}`,
    );
  }
  if (members.raw('quantization_config') !== undefined) {
    throw new InputError(
      `${source}: quantised weights are not supported; use the folder with the original weights`,
    );
  }
  const card = members.text('model_type', Object.keys(CARDS) as (keyof typeof CARDS)[]);
  return checkedRotaryConfig(CARDS[card](members), source);
}

/**
 * The parameters in a model.safetensors, or in the shards of one, read tensor by tensor: beside the parameters one tensor of the file is
 * in memory.
 * @param source the name of the file in messages
 * @param dtype of the parameters; values are rounded to it
 * @throws InputError naming the tensor that is missing, unknown, of a wrong shape or type, or not finite; or if the file is damaged
 */
export function parseRotaryWeights(
  file: Safetensors,
  config: RotaryConfig,
  source: string,
  dtype: FloatType = 'f32',
): Record<string, Tensor> {
  return readParameters(file, findTensors(file, rotaryNames(config), source), source, dtype);
}
