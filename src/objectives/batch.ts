// What an objective sees: a batch of trajectories with their tokens laid end to end, and the checks every objective starts with.
import { ShapeError, showShape } from '../base/errors.ts';
import { COMPONENTS } from '../policy/component.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** B trajectories with T tokens in all; arrays over tokens are ragged, cut by `offsets`. */
export interface TokenBatch {
  /** [B + 1] the tokens of trajectory i are offsets[i] … offsets[i + 1] − 1. */
  readonly offsets: Int32Array;
  /** [T] log π_θ(a_t | h_t), the policy that is trained. */
  readonly logProb: Float64Array;
  /** [T] the same under the policy that drew the tokens; equal to logProb on policy. */
  readonly oldLogProb: Float64Array;
  /** [T] the same under the reference policy. */
  readonly refLogProb: Float64Array;
  /** [T] 1 where the token takes part in the loss, else 0. */
  readonly mask: Uint8Array;
  /** [T] the component of the token, as its place in COMPONENTS. */
  readonly component: Uint8Array;
  /** [T] attempt the token belongs to, from 0; a decision belongs to the attempt it judges. */
  readonly attempt: Int32Array;
  /** [B] R(τ_i). */
  readonly reward: Float64Array;
  /** [B] which prompt the trajectory answers; groups need not be contiguous. */
  readonly group: Int32Array;
  /** [T] a critic's V(h_t), for the objectives that can use one. */
  readonly value?: Float64Array;
  /** [T] log-probs as the program says that drew the tokens, such as an inference engine; left out: it agrees with oldLogProb. */
  readonly samplerLogProb?: Float64Array;
  /** [K][B] the rewards by reward function, for the objectives that look at each; left out: there is one, `reward`. */
  readonly rewards?: readonly Float64Array[];
}

/** The attempt of the last token of trajectory i, from 0: the one that was kept. Masked-out tokens count. */
export function lastAttempt({ offsets, attempt }: TokenBatch, i: number): number {
  let last = 0;
  for (let t = offsets[i]!; t < offsets[i + 1]!; t++) last = Math.max(last, attempt[t]!);
  return last;
}

function checkLength(field: string, found: number, expected: number, axis: string): void {
  if (found !== expected) {
    throw new ShapeError(`batch.${field}: expected ${expected} entries (${axis}), found ${found}`);
  }
}

function checkOffsets(offsets: Int32Array, tokens: number): void {
  const last = offsets.length - 1;
  if (last < 1) {
    throw new ShapeError(`batch.offsets: expected at least 2 entries, found ${offsets.length}`);
  }
  if (offsets[0] !== 0 || offsets[last] !== tokens) {
    throw new ShapeError(
      `batch.offsets: expected to run from 0 to ${tokens} (the tokens of logProb), found ${offsets[0]} to ${offsets[last]}`,
    );
  }
  for (let i = 0; i < last; i++) {
    if (offsets[i]! > offsets[i + 1]!) {
      throw new ShapeError(
        `batch.offsets[${i + 1}]: expected at least ${offsets[i]}, found ${offsets[i + 1]}`,
      );
    }
  }
}

function checkFinite(field: string, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new ShapeError(`batch.${field}[${i}]: expected a finite number, found ${values[i]}`);
    }
  }
}

function checkFlags(field: string, values: Uint8Array, most: number): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! > most) {
      throw new ShapeError(`batch.${field}[${i}]: expected 0 or 1, found ${values[i]}`);
    }
  }
}

/**
 * Checks that the arrays of a batch fit together and hold numbers on which an objective is defined. It costs one pass over the tokens.
 * Log-probabilities must be finite on masked-out tokens too (0 will do), although these tokens take part in no sum.
 * @throws ShapeError naming the field, the entry, what was expected and what was found
 */
export function checkBatch(batch: TokenBatch): void {
  const { offsets, logProb, oldLogProb, refLogProb, mask, component, attempt, reward, group } = batch;
  const tokens = logProb.length;
  checkOffsets(offsets, tokens);
  const trajectories = offsets.length - 1;
  checkLength('oldLogProb', oldLogProb.length, tokens, 'one per token');
  checkLength('refLogProb', refLogProb.length, tokens, 'one per token');
  checkLength('mask', mask.length, tokens, 'one per token');
  checkLength('component', component.length, tokens, 'one per token');
  checkLength('attempt', attempt.length, tokens, 'one per token');
  checkLength('reward', reward.length, trajectories, 'one per trajectory');
  checkLength('group', group.length, trajectories, 'one per trajectory');
  checkFinite('logProb', logProb);
  checkFinite('oldLogProb', oldLogProb);
  checkFinite('refLogProb', refLogProb);
  checkFinite('reward', reward);
  checkFlags('mask', mask, 1);
  checkFlags('component', component, COMPONENTS.length - 1);
  for (let t = 0; t < tokens; t++) {
    if (attempt[t]! < 0) {
      throw new ShapeError(`batch.attempt[${t}]: expected an attempt counted from 0, found ${attempt[t]}`);
    }
  }
  checkOptional(batch, tokens, trajectories);
}

/** The arrays that a batch need not have. */
function checkOptional(
  { value, samplerLogProb, rewards }: TokenBatch,
  tokens: number,
  trajectories: number,
): void {
  if (value !== undefined) {
    checkLength('value', value.length, tokens, 'one per token');
    checkFinite('value', value);
  }
  if (samplerLogProb !== undefined) {
    checkLength('samplerLogProb', samplerLogProb.length, tokens, 'one per token');
    checkFinite('samplerLogProb', samplerLogProb);
  }
  for (const [k, values] of (rewards ?? []).entries()) {
    checkLength(`rewards[${k}]`, values.length, trajectories, 'one per trajectory');
    checkFinite(`rewards[${k}]`, values);
  }
}

/**
 * Checks the tensor a loss is differentiated in.
 * @throws ShapeError unless its shape is [T]
 */
export function checkLogProb(logProb: Tensor, batch: TokenBatch): void {
  if (logProb.shape.length !== 1 || logProb.size !== batch.logProb.length) {
    throw new ShapeError(
      `logProb: expected shape ${showShape([batch.logProb.length])} (one per token), found ${showShape(logProb.shape)}`,
    );
  }
}
