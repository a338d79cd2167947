// Reads and writes a GPT-2 as a Hugging Face folder on disk, with config.json and model.safetensors.
import { join } from 'node:path';
import type { FloatType, Tensor } from '../autodiff/index.ts';
import { showText } from '../base/show.ts';
import {
  type CompleteGpt2Config,
  formatGpt2Files,
  parseGpt2Config,
  parseGpt2Weights,
  type StoredFloat,
} from '../nn/index.ts';
import { makeFolder } from './makeFolder.ts';
import { prepareOutput } from './output.ts';
import { readFileText } from './readFile.ts';
import { openWeights } from './safetensorsFile.ts';

const CONFIG = 'config.json';
const WEIGHTS = 'model.safetensors';

/** A `StoredModel` is a model as it was read from a folder. */
export interface StoredModel {
  readonly config: CompleteGpt2Config;
  /** The parameters by path, with the shapes of `gpt2Layout(config)`. */
  readonly parameters: Record<string, Tensor>;
}

/**
 * Reads the model from a folder with a config.json and a model.safetensors, or in its place the shards of a
 * model.safetensors.index.json. The weights are read tensor by tensor.
 * @param dtype the type of the parameters in memory
 * @throws InputError naming the file, and the tensor if the error concerns one
 */
export function readModelFolder(folder: string, dtype: FloatType = 'f32'): StoredModel {
  const configPath = join(folder, CONFIG);
  const weightsPath = join(folder, WEIGHTS);
  const config = parseGpt2Config(readFileText(configPath), showText(configPath));
  return {
    config,
    parameters: parseGpt2Weights(openWeights(weightsPath), config, showText(weightsPath), dtype),
  };
}

/** Returns the stored type that loses nothing. */
const LOSSLESS: Record<FloatType, StoredFloat> = { f32: 'F32', f64: 'F64' };

/**
 * Writes a model into a folder, which is created if it does not exist. Each file is replaced as a whole, the
 * weights last, so a new folder is complete once it has weights.
 * @param type the type of the stored values; if left out, that of the parameters
 * @throws InputError if the folder or a file cannot be written
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { gpt2 } from 'gradsplit/nn';
 * import { readModelFolder, writeModelFolder } from 'gradsplit/node';
 * import { randomStream } from 'gradsplit/random';
 * const folder = mkdtempSync(join(tmpdir(), 'gradsplit-'));
 * const { config, initial } = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * await writeModelFolder(folder, { config, parameters: initial(randomStream(1, 'model'), 'f32') });
 * readModelFolder(folder, 'f32').config.width; // → 8
 * ```
 */
export async function writeModelFolder(
  folder: string,
  { config, parameters }: StoredModel,
  type: StoredFloat = LOSSLESS[parameters['embedding.token.weight']!.dtype as FloatType],
): Promise<void> {
  makeFolder(folder);
  // Both files are checked before anything is written.
  const outputs = [CONFIG, WEIGHTS].map((name) => prepareOutput(join(folder, name)));
  const files = formatGpt2Files(config, parameters, type);
  await outputs[0]!.write([files.config]);
  await outputs[1]!.write(files.weights);
}
