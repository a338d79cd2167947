// What `generate` is asked for and gives, and what must hold before it begins.
import { InputError } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { showValue } from '../base/show.ts';
import type { Drawing } from './draw.ts';

/** What a row may draw at a position. */
export interface Choice {
  /** The legal tokens, each once; the policy is the network's softmax over these. */
  readonly tokens: ArrayLike<number>;
  /** Whether the distribution is wanted: that of a decision, for instance. */
  readonly keep: boolean;
}

/** What is drawn, and how. */
export interface GenerationRequest {
  /** What stands before the drawn tokens: one row each, of one token at least, of any lengths. */
  readonly prompts: readonly ArrayLike<number>[];
  /** A stream per row. A draw takes one number of its row's stream, so that a row does not depend on the others. */
  readonly streams: readonly RandomStream[];
  readonly drawing: Drawing;
  /** The grammar: what the row may draw after these tokens; undefined where it ends. Asked once per position, in order. */
  readonly next: (row: number, drawn: readonly number[]) => Choice | undefined;
  /** Rows in the batch; the others wait. It changes the time, never a result. */
  readonly together: number;
}

/** A distribution that was wanted. */
export interface KeptDistribution {
  /** Which draw of its row, from 0. */
  readonly at: number;
  readonly tokens: ArrayLike<number>;
  /** [tokens] log π, in this order. */
  readonly logProbs: Float64Array;
}

/** What a row has drawn. */
export interface Generated {
  readonly tokens: readonly number[];
  /** log π of each: of the policy with its grammar at temperature 1, whatever the drawing. */
  readonly logProbs: readonly number[];
  readonly kept: readonly KeptDistribution[];
}

/** @throws InputError if prompts, streams or `together` make no sense */
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

/** @throws InputError naming the place unless the token exists */
export function checkToken(where: string, token: number, vocabulary: number): void {
  if (Number.isInteger(token) && token >= 0 && token < vocabulary) return;
  throw new InputError(
    `generate: ${where} has the token ${showValue(token)}, expected 0 … ${vocabulary - 1}`,
  );
}
