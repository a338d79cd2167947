// Models with parameters large enough to tell mistakes apart, a loss, and the names that files give to parameters: written
// out here a second time, so that a mistake in src/nn/huggingFace does not hide itself.
import {
  crossEntropy,
  type FloatType,
  indices,
  mean,
  type Parameters,
  reshape,
  type Tensor,
  tensor,
} from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import type { Gpt2, Gpt2Config } from '../../src/nn/index.ts';
import { sizeOf } from '../../src/tensor/shape.ts';

export const CONFIGS: readonly Gpt2Config[] = [
  { vocabulary: 5, context: 8, width: 4, layers: 1, heads: 1, tied: true },
  { vocabulary: 7, context: 8, width: 6, layers: 1, heads: 3, tied: false },
  { vocabulary: 11, context: 9, width: 8, layers: 2, heads: 4, tied: true },
  { vocabulary: 3, context: 8, width: 6, layers: 2, heads: 2, tied: false, inner: 5, epsilon: 1e-3 },
];

export const showConfig = ({ vocabulary, width, layers, heads, tied }: Gpt2Config): string =>
  `V = ${vocabulary}, d = ${width}, ${layers} layers, ${heads} heads, ${tied ? 'tied' : 'own head'}`;

/** Normal values with σ = ½; 1 is added to the gains of norms. */
export function spreadParameters(model: Gpt2, seed: number, dtype: FloatType): Record<string, Tensor> {
  const random = randomStream(seed, 'spread');
  const entries = model.layout.map(({ path, shape }) => {
    const offset = /norm\d?\.weight$/.test(path) ? 1 : 0;
    const values = Float64Array.from({ length: sizeOf(shape) }, () => offset + random.normal() / 2);
    return [path, tensor(values, { shape, dtype })];
  });
  return Object.fromEntries(entries);
}

/** Random tokens, [batch][length]. */
export function randomIds(vocabulary: number, batch: number, length: number, seed: number): number[][] {
  const random = randomStream(seed, 'ids');
  return Array.from({ length: batch }, () => Array.from({ length }, () => random.integer(vocabulary)));
}

/** i32 [B, T]. */
export function idsTensor(ids: readonly (readonly number[])[]): Tensor {
  return reshape(indices(ids.flat()), [ids.length, ids[0]!.length]);
}

/** Mean of −log softmax(logits)[target] over all positions. */
export function lossOf(
  model: Gpt2,
  ids: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): (parameters: Parameters) => Tensor {
  const { vocabulary } = model.config;
  return (parameters) => {
    const logits = reshape(model.logits(parameters, idsTensor(ids)), [targets.flat().length, vocabulary]);
    return mean(crossEntropy(logits, indices(targets.flat())));
  };
}

/** File names of the parameters of a block, beside query, key and value. */
const BLOCK_NAMES: Record<string, string> = {
  norm1: 'ln_1',
  'attention.output': 'attn.c_proj',
  norm2: 'ln_2',
  'mlp.up': 'mlp.c_fc',
  'mlp.down': 'mlp.c_proj',
};
const OUTER_NAMES: Record<string, string> = {
  'embedding.token.weight': 'wte.weight',
  'embedding.position.weight': 'wpe.weight',
  'norm.weight': 'ln_f.weight',
  'norm.bias': 'ln_f.bias',
  'head.weight': 'lm_head.weight',
};

/** Values as a file holds them: its names without prefix; query, key and value side by side in one tensor. */
export function fileValues(parameters: Parameters, layers: number): Record<string, Float64Array> {
  const values = (path: string): Float64Array => Float64Array.from(parameters[path]!.readSync());
  const file: Record<string, Float64Array> = {};
  for (const [path, name] of Object.entries(OUTER_NAMES)) {
    if (parameters[path] !== undefined) file[name] = values(path);
  }
  for (let l = 0; l < layers; l++) {
    for (const kind of ['weight', 'bias']) {
      for (const [group, name] of Object.entries(BLOCK_NAMES)) {
        file[`h.${l}.${name}.${kind}`] = values(`block${l}.${group}.${kind}`);
      }
      const width = parameters[`block${l}.norm1.bias`]!.size;
      const parts = ['query', 'key', 'value'].map((role) => values(`block${l}.attention.${role}.${kind}`));
      const rows = parts[0]!.length / width;
      file[`h.${l}.attn.c_attn.${kind}`] = Float64Array.from({ length: rows * 3 * width }, (_, i) => {
        const row = Math.floor(i / (3 * width));
        const column = i % (3 * width);
        return parts[Math.floor(column / width)]![row * width + (column % width)]!;
      });
    }
  }
  return file;
}

/** Largest difference of two lists, in units of the largest value (at least 1). */
export function relativeDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 1;
  let difference = 0;
  for (let i = 0; i < found.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    // NaN is as far away as can be.
    const apart = Math.abs(found[i]! - expected[i]!);
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
  }
  return difference / largest;
}
