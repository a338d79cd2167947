// A Hugging Face folder of a GPT-2, as the contents of its two files ↔ config and parameters.
import type { FloatType, Tensor } from '../../autodiff/index.ts';
import type { CompleteGpt2Config } from '../config.ts';
import { checkLayout, gpt2Layout } from '../layout.ts';
import { formatGpt2Config } from './configJson.ts';
import { gpt2Names } from './gpt2Names.ts';
import { readSafetensors, type Safetensors } from './safetensors.ts';
import { type ModelFiles, weightFile } from './storedFiles.ts';
import { findTensors } from './storedNames.ts';
import type { StoredFloat } from './storedValues.ts';
import { readParameters } from './storedWeights.ts';

/**
 * The parameters in a model.safetensors, or in the shards of one. Names may begin with `transformer.`; the causal-mask buffers of old files are skipped.
 * @param weights the bytes of the file, or the file opened
 * @param config what config.json gave
 * @param source the name of the file in messages
 * @param dtype of the parameters; values are rounded to it
 * @throws InputError naming the tensor that is missing, unknown, of a wrong shape or type, or not finite; or if the file is damaged
 */
export function parseGpt2Weights(
  weights: Uint8Array | Safetensors,
  config: CompleteGpt2Config,
  source: string,
  dtype: FloatType = 'f32',
): Record<string, Tensor> {
  const file = weights instanceof Uint8Array ? readSafetensors(weights, source) : weights;
  const parameters = readParameters(file, findTensors(file, gpt2Names(config), source), source, dtype);
  // In the order of the layout, as a fresh model has them.
  return Object.fromEntries(gpt2Layout(config).map(({ path }) => [path, parameters[path]!]));
}

/**
 * The files of a model, for Hugging Face's GPT2LMHeadModel.
 * @param type of the stored values, which are rounded to nearest, ties to even
 * @throws InputError or ShapeError if a parameter is missing or has a wrong shape
 */
export function formatGpt2Files(
  config: CompleteGpt2Config,
  parameters: Readonly<Record<string, Tensor>>,
  type: StoredFloat,
): ModelFiles {
  checkLayout(gpt2Layout(config), parameters);
  return { config: formatGpt2Config(config, type), weights: weightFile(gpt2Names(config), parameters, type) };
}
