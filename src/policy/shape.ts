// The shape of a tabular policy and the canonical order of its histories and trajectories.
//
// Sample histories are ordered by attempt, then by position in the attempt, then by their tokens read as a base-V
// number; decision histories by attempt, then tokens. Leaves (trajectories) are ordered by number of attempts, then
// tokens: those with k < K attempts end by STOP, those with K attempts end after the last token.
import { InputError } from '../base/errors.ts';

/** The shape of a policy: at most K attempts of L tokens from a vocabulary of V. */
export interface PolicyShape {
  readonly attempts: number;
  readonly length: number;
  readonly vocabulary: number;
}

/** The largest number of trajectories that is enumerated. */
export const MAX_TRAJECTORIES = 2_000_000;

/** Computes V^n as an exact integer. It is a bigint because it is needed before any size is checked. */
function power(vocabulary: number, exponent: number): bigint {
  return BigInt(vocabulary) ** BigInt(exponent);
}

/**
 * Counts the trajectories, Σ_k V^{kL} for k = 1 … K. The count is Infinity if computing it would take too long.
 * @example
 * ```ts
 * import { countTrajectories } from 'gradsplit/policy';
 * countTrajectories({ attempts: 2, length: 1, vocabulary: 2 }); // → 6n
 * ```
 */
export function countTrajectories(shape: PolicyShape): bigint | number {
  const { attempts, length, vocabulary } = shape;
  if (attempts * length * Math.log2(vocabulary) > 4096) return Number.POSITIVE_INFINITY;
  let total = 0n;
  for (let k = 1; k <= attempts; k++) total += power(vocabulary, k * length);
  return total;
}

function powerOfTen(exponent: number): string {
  return `about 10^${Math.floor(exponent)}`;
}

/** Writes a count with all its digits below 10^15, and as a power of ten from there on. */
function showCount(count: bigint): string {
  return count < 10n ** 15n ? `${count}` : powerOfTen(`${count}`.length - 1);
}

/**
 * Refuses a shape that has too many trajectories to enumerate.
 * @throws InputError if there are more than MAX_TRAJECTORIES; its message gives their number
 */
export function checkEnumerable(shape: PolicyShape): void {
  checkTrajectories(shape, MAX_TRAJECTORIES, 'can be enumerated');
}

/**
 * Refuses a shape that has more than `most` trajectories.
 * @param what what can be done with fewer, for the message
 * @throws InputError giving their number
 */
export function checkTrajectories(shape: PolicyShape, most: number, what: string): void {
  const count = countTrajectories(shape);
  if (typeof count === 'bigint' && count <= BigInt(most)) return;
  const { attempts, length, vocabulary } = shape;
  const shown =
    typeof count === 'bigint' ? showCount(count) : powerOfTen(attempts * length * Math.log10(vocabulary));
  throw new InputError(
    `attempts ${attempts}, length ${length}, vocabulary ${vocabulary} give ${shown} trajectories; ` +
      `at most ${most} ${what}`,
  );
}

/** Counts the rows before the sample histories of attempt k (from 1) at position t (from 0). */
export function sampleRowOffset(shape: PolicyShape, attempt: number, position: number): number {
  const { length, vocabulary } = shape;
  const depth = (attempt - 1) * length + position;
  return (vocabulary ** depth - 1) / (vocabulary - 1);
}

/** Counts the sample histories, which are the rows of the table of sample logits. */
export function sampleRows(shape: PolicyShape): number {
  return sampleRowOffset(shape, shape.attempts + 1, 0);
}

/** Counts the rows before the decision histories of attempt k (from 1, at most K − 1). */
export function decisionRowOffset(shape: PolicyShape, attempt: number): number {
  let rows = 0;
  for (let k = 1; k < attempt; k++) rows += shape.vocabulary ** (k * shape.length);
  return rows;
}

/** Counts the decision histories, which are the rows of the table of decision logits. */
export function decisionRows(shape: PolicyShape): number {
  return decisionRowOffset(shape, shape.attempts);
}

/** Counts the leaves before those that end with attempt k (from 1). */
export function leafOffset(shape: PolicyShape, attempt: number): number {
  return decisionRowOffset(shape, attempt);
}

/** Counts the trajectories of a shape that is small enough to enumerate. */
export function leaves(shape: PolicyShape): number {
  return leafOffset(shape, shape.attempts + 1);
}

/** Computes the `count` base-V digits of `index`, most significant first [count]. */
export function digitsInBase(index: number, vocabulary: number, count: number): number[] {
  const digits = new Array<number>(count);
  let rest = index;
  for (let i = count - 1; i >= 0; i--) {
    digits[i] = rest % vocabulary;
    rest = Math.floor(rest / vocabulary);
  }
  return digits;
}

/** Writes tokens as a history key, with commas between tokens and '/' after each complete attempt that was resampled. */
function keyOf(tokens: readonly number[], length: number, slashAfterLast: boolean): string {
  let key = '';
  for (let i = 0; i < tokens.length; i++) {
    key += tokens[i];
    const attemptEnds = (i + 1) % length === 0;
    if (attemptEnds && (i + 1 < tokens.length || slashAfterLast)) key += '/';
    else if (!attemptEnds && i + 1 < tokens.length) key += ',';
  }
  return key;
}

/** Yields the keys of the sample histories in canonical order: "", "0", "0,1/", "0,1/1" … */
export function* sampleKeys(shape: PolicyShape): Generator<string> {
  const { attempts, length, vocabulary } = shape;
  for (let depth = 0; depth < attempts * length; depth++) {
    const histories = vocabulary ** depth;
    for (let h = 0; h < histories; h++) yield keyOf(digitsInBase(h, vocabulary, depth), length, true);
  }
}

/** Yields the keys of the decision histories in canonical order: "0,1", "0,1/1,1" … */
export function* decisionKeys(shape: PolicyShape): Generator<string> {
  const { attempts, length, vocabulary } = shape;
  for (let k = 1; k < attempts; k++) {
    const histories = vocabulary ** (k * length);
    for (let h = 0; h < histories; h++) yield keyOf(digitsInBase(h, vocabulary, k * length), length, false);
  }
}

/** Yields the keys of the trajectories in canonical order: "0,1" (stopped), "0,1/1,1" … */
export function* leafKeys(shape: PolicyShape): Generator<string> {
  const { attempts, length, vocabulary } = shape;
  for (let k = 1; k <= attempts; k++) {
    const trajectories = vocabulary ** (k * length);
    for (let h = 0; h < trajectories; h++)
      yield keyOf(digitsInBase(h, vocabulary, k * length), length, false);
  }
}
