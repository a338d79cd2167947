// The sizes of a decoder with rotary positions, and what they must satisfy: what Llama, Mistral, Qwen2 and Qwen3 have in common, with
// everything in which they differ as an entry.
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';

/** How angles change for contexts longer than those of the first training. */
export type RotaryScaling =
  | { readonly kind: 'none' }
  /** All angles divided by a factor. */
  | { readonly kind: 'linear'; readonly factor: number }
  /** Llama 3: slow angles are divided, fast ones stay, and those between are blended. */
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequency: number;
      readonly highFrequency: number;
      /** Context of the first training. */
      readonly original: number;
    };

/** The sizes of a decoder with rotary positions. */
export interface RotaryConfig {
  /** As model cards call it. */
  readonly architecture: 'llama' | 'mistral' | 'qwen2' | 'qwen3';
  /** Tokens V. */
  readonly vocabulary: number;
  /** The longest sequence. */
  readonly context: number;
  /** Width d of the residual stream. */
  readonly width: number;
  readonly layers: number;
  /** Heads of queries, a multiple of `keyHeads`. */
  readonly heads: number;
  /** Heads of keys and values, each shared by heads/keyHeads heads of queries. */
  readonly keyHeads: number;
  /** Width of a head, even. */
  readonly headWidth: number;
  /** Width of the MLP. */
  readonly inner: number;
  /** ε of the norms. */
  readonly epsilon: number;
  /** θ: pair i of h turns by θ^{−i/h} a place. */
  readonly theta: number;
  readonly scaling: RotaryScaling;
  /** Entries of a head that turn, from the first; even. */
  readonly rotated: number;
  /** Whether queries, keys and values have biases. */
  readonly hasBiases: boolean;
  /** Whether the output of attention has a bias. */
  readonly hasOutputBias: boolean;
  /** Whether queries and keys are normed, head by head. */
  readonly hasHeadNorms: boolean;
  /** How many places a token sees, itself included; as many as there are if left out. */
  readonly window?: number;
  /** Layers from this one on see a window, those before it everything. */
  readonly windowFrom: number;
  /** Whether the output layer is the token embedding. */
  readonly tied: boolean;
}

const SIZES = ['vocabulary', 'context', 'width', 'heads', 'keyHeads', 'headWidth', 'inner'] as const;

/**
 * The configuration itself, if it can be computed.
 * @param source the name of the configuration in messages, such as the file's name
 * @throws InputError naming what does not fit
 */
export function checkedRotaryConfig(
  config: RotaryConfig,
  source: string = config.architecture,
): RotaryConfig {
  const fail = (key: string, expected: string, found: unknown): never => {
    throw new InputError(`${source}: ${key} must be ${expected}, found ${showValue(found)}`);
  };
  for (const key of SIZES) {
    const value = config[key];
    if (!Number.isSafeInteger(value) || value < 1) fail(key, 'an integer ≥ 1', value);
  }
  const { layers, heads, keyHeads, headWidth, rotated, epsilon, theta, window, scaling } = config;
  if (!Number.isSafeInteger(layers) || layers < 0) fail('layers', 'an integer ≥ 0', layers);
  if (heads % keyHeads !== 0) fail('heads', `a multiple of keyHeads (${keyHeads})`, heads);
  if (headWidth % 2 !== 0) fail('headWidth', 'even', headWidth);
  if (!Number.isSafeInteger(rotated) || rotated % 2 !== 0 || rotated < 2 || rotated > headWidth) {
    fail('rotated', `an even number from 2 to headWidth (${headWidth})`, rotated);
  }
  if (!(epsilon > 0 && epsilon < 1)) fail('epsilon', 'between 0 and 1', epsilon);
  if (!(theta > 0 && Number.isFinite(theta))) fail('theta', 'a number greater than 0', theta);
  if (window !== undefined && (!Number.isSafeInteger(window) || window < 1)) {
    fail('window', 'an integer ≥ 1', window);
  }
  if (scaling.kind !== 'none' && !(scaling.factor >= 1 && Number.isFinite(scaling.factor))) {
    fail('scaling.factor', 'a number of at least 1', scaling.factor);
  }
  return config;
}
