// The sizes of a GPT-2 and what they must satisfy.
import { InputError } from '../base/errors.ts';
import { showValue } from '../base/show.ts';

/** The sizes of a GPT-2. */
export interface Gpt2Config {
  /** Tokens V. */
  readonly vocabulary: number;
  /** Positions that can be told apart; the longest sequence. */
  readonly context: number;
  /** Width d of the residual stream, a multiple of `heads`. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Whether the output layer is the token embedding. */
  readonly tied: boolean;
  /** Width of the MLP; 4·d if left out. */
  readonly inner?: number;
  /** ε of the layer norms; 1e-5 if left out. */
  readonly epsilon?: number;
}

/** A configuration with every default filled in. */
export type CompleteGpt2Config = Required<Gpt2Config>;

const SIZES = ['vocabulary', 'context', 'width', 'layers', 'heads', 'inner'] as const;

/**
 * The configuration with its defaults filled in.
 * @param source the name of the configuration in messages, such as the file's name
 * @throws InputError if a size is not an integer ≥ 1 (`layers`: ≥ 0), the heads do not divide the width, or ε is not positive
 * @example
 * ```ts
 * import { completeConfig } from 'gradsplit/nn';
 * const sizes = { vocabulary: 12, context: 8, width: 16, layers: 2, heads: 4, tied: true };
 * completeConfig(sizes).inner; // → 64
 * ```
 */
export function completeConfig(config: Gpt2Config, source = 'gpt2'): CompleteGpt2Config {
  const complete = { inner: 4 * config.width, epsilon: 1e-5, ...config };
  for (const key of SIZES) {
    const value = complete[key];
    const least = key === 'layers' ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InputError(`${source}: ${key} must be an integer ≥ ${least}, found ${showValue(value)}`);
    }
  }
  const { width, heads, epsilon } = complete;
  if (width % heads !== 0) {
    throw new InputError(`${source}: width must be a multiple of heads, found ${width} and ${heads}`);
  }
  if (!(epsilon > 0 && epsilon < 1)) {
    throw new InputError(`${source}: epsilon must lie between 0 and 1, found ${showValue(epsilon)}`);
  }
  return complete;
}
