// Reads and writes models as Hugging Face folders on disk, with config.json and model.safetensors.
import { join } from 'node:path';
import type { FloatType } from '../autodiff/index.ts';
import { showText } from '../base/show.ts';
import {
  type ClosedModel,
  closedModel,
  formatModelFiles,
  type ModelConfig,
  type OpenedModel,
  openModel,
  parseModelConfig,
  type ReadModel,
  readModel,
  type Safetensors,
  type StoredFloat,
} from '../nn/index.ts';
import { makeFolder } from './makeFolder.ts';
import { prepareOutput } from './output.ts';
import { readFileText } from './readFile.ts';
import { openWeights } from './safetensorsFile.ts';

const CONFIG = 'config.json';
const WEIGHTS = 'model.safetensors';

/** A `StoredModel` is what a folder holds of a model. */
export type StoredModel = Pick<ReadModel, 'config' | 'parameters'>;

/** Opens both files of a folder. */
function openFolder(folder: string): { config: ModelConfig; file: Safetensors; source: string } {
  const configPath = join(folder, CONFIG);
  const weightsPath = join(folder, WEIGHTS);
  const config = parseModelConfig(readFileText(configPath), showText(configPath));
  return { config, file: openWeights(weightsPath), source: showText(weightsPath) };
}

/**
 * Reads the model from a folder with a config.json and a model.safetensors, or in its place the shards of a
 * model.safetensors.index.json. The architecture is the one that config.json names: GPT-2, Llama, Mistral, Qwen2 or Qwen3. The weights
 * are read tensor by tensor.
 * @param dtype the type of the parameters in memory
 * @returns the network, its configuration, and its parameters by path, with the shapes of its layout
 * @throws InputError naming the file, and the tensor if the error concerns one
 */
export function readModelFolder(folder: string, dtype: FloatType = 'f32'): ReadModel {
  const { config, file, source } = openFolder(folder);
  return readModel(file, config, source, dtype);
}

/**
 * Opens the model in such a folder. Its parameters stay in the type of the file, in which bfloat16 takes half of the memory, and are
 * converted when `weights.load` asks for them.
 * @param dtype the type of the tensors that are given
 * @returns the network, its configuration, and where its parameters are
 * @throws InputError naming the file, and the tensor if the error concerns one
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { gpt2 } from 'gradsplit/nn';
 * import { openModelFolder, writeModelFolder } from 'gradsplit/node';
 * import { randomStream } from 'gradsplit/random';
 * const folder = mkdtempSync(join(tmpdir(), 'gradsplit-'));
 * const { config, initial } = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * await writeModelFolder(folder, { config, parameters: initial(randomStream(1, 'model'), 'f32') }, 'BF16');
 * const { network, weights } = openModelFolder(folder);
 * network.architecture; // → 'gpt2'
 * weights.load(['norm.weight'])['norm.weight']!.shape; // → [8]
 * ```
 */
export function openModelFolder(folder: string, dtype: FloatType = 'f32'): OpenedModel {
  const { config, file, source } = openFolder(folder);
  return openModel(file, config, source, dtype);
}

/**
 * Looks at the model in such a folder without reading its weights, for those who ask first what it takes.
 * @param dtype the type of the tensors that weights are given as
 * @returns the network, the bytes of its weights, and how they are read
 * @throws InputError naming the file, and the tensor if the error concerns one
 */
export function closedModelFolder(folder: string, dtype: FloatType = 'f32'): ClosedModel {
  const { config, file, source } = openFolder(folder);
  return closedModel(file, config, source, dtype);
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
  const files = formatModelFiles(config, parameters, type);
  await outputs[0]!.write([files.config]);
  await outputs[1]!.write(files.weights);
}
