// The request to `generate` and its result, with the checks made before it begins.
import { InputError } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { showValue } from '../base/show.ts';
import type { Drawing } from './draw.ts';

/** A `Choice` says what a row may draw at a position. */
export interface Choice {
  /** The legal tokens, each once. The policy is the network's softmax over these. */
  readonly tokens: ArrayLike<number>;
  /** Whether to keep the distribution, as for decisions. */
  readonly keep: boolean;
}

/** A `GenerationRequest` says what to draw, and how. */
export interface GenerationRequest {
  /** The prompts, one per row, each of any length of at least one token. */
  readonly prompts: readonly ArrayLike<number>[];
  /**
   * One random stream per row. Each draw takes its numbers from the stream of its row, so rows do not depend
   * on each other.
   */
  readonly streams: readonly RandomStream[];
  readonly drawing: Drawing;
  /**
   * The grammar: it returns what the row may draw after these tokens, or undefined where the row ends. It is
   * called once per position, in order.
   */
  readonly next: (row: number, drawn: readonly number[]) => Choice | undefined;
  /**
   * The number of rows drawn at the same time; the others wait. It changes the time taken, never a result.
   */
  readonly together: number;
}

/** A `KeptDistribution` is the distribution of a draw whose choice asked to keep it. */
export interface KeptDistribution {
  /** The index of the draw in its row, from 0. */
  readonly at: number;
  readonly tokens: ArrayLike<number>;
  /** [tokens] log π of each token, in the order of `tokens`. */
  readonly logProbs: Float64Array;
}

/** `Generated` is what one row has drawn. */
export interface Generated {
  readonly tokens: readonly number[];
  /**
   * [tokens] log π of each token under the policy with its grammar at temperature 1, whatever temperature was
   * used for drawing.
   */
  readonly logProbs: readonly number[];
  readonly kept: readonly KeptDistribution[];
}

/**
 * Checks a request before anything is drawn.
 * @throws InputError if there are not as many streams as prompts, a prompt is empty, one of its tokens does
 * not exist, or `together` is not an integer ≥ 1
 */
export function checkRequest({ prompts, streams, together }: GenerationRequest, vocabulary: number): void {
  if (streams.length !== prompts.length) {
    throw new InputError(
      `generate: there are ${prompts.length} prompts, but ${streams.length} random streams`,
    );
  }
  if (!Number.isSafeInteger(together) || together < 1) {
    throw new InputError(`generate: together must be an integer ≥ 1, found ${showValue(together)}`);
  }
  for (const [row, prompt] of prompts.entries()) {
    if (prompt.length === 0) throw new InputError(`generate: the prompt of row ${row} is empty`);
    for (let i = 0; i < prompt.length; i++) checkToken(`the prompt of row ${row}`, prompt[i]!, vocabulary);
  }
}

/**
 * Checks that a token exists.
 * @throws InputError naming the place if it does not
 */
export function checkToken(where: string, token: number, vocabulary: number): void {
  if (Number.isInteger(token) && token >= 0 && token < vocabulary) return;
  throw new InputError(
    `generate: ${where} has the token ${showValue(token)}, expected 0 … ${vocabulary - 1}`,
  );
}
