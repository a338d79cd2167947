// Episodes of self-correction: a prompt, then attempts with a decision after each but the last possible one. Since all
// prompts of a task have one length and all attempts another, the position alone says whose token it is and what is legal.
import { InputError } from '../base/errors.ts';
import { COMPONENTS } from '../policy/component.ts';
import { type Legal, RESAMPLE_TOKEN, STOP_TOKEN, type Task, type Tokens } from '../tasks/index.ts';

/** These are the tokens of a decision, in the order STOP, RESAMPLE. */
export const DECISION_TOKENS: Tokens = [STOP_TOKEN, RESAMPLE_TOKEN];

/** An `Episode` is a prompt with the response to it. */
export interface Episode {
  readonly prompt: Tokens;
  /** The complete response: attempts with decisions between them. */
  readonly response: Tokens;
}

/**
 * An `EpisodeLayout` says which token stands where in a response: K attempts of L tokens with K − 1 decisions
 * between them, n = K·L + K − 1 tokens in all.
 */
export interface EpisodeLayout {
  readonly promptLength: number;
  /** K, the largest number of attempts. */
  readonly attempts: number;
  /** L, the number of tokens of an attempt. */
  readonly attemptLength: number;
  /** V, the number of tokens of the vocabulary. */
  readonly vocabulary: number;
  /** [n] the index of the component in `COMPONENTS`. */
  readonly component: Uint8Array;
  /** [n] the attempt a token belongs to, from 0; a decision belongs to the attempt it judges. */
  readonly attempt: Int32Array;
  /** [n] the tokens that are legal at each position. */
  readonly legal: Legal;
  /** The number of positions a network must tell apart; the last token is never an input. */
  readonly context: number;
}

/**
 * Returns the layout of the episodes of a task.
 * @param attempts K, the largest number of attempts
 * @throws InputError unless K is an integer ≥ 1
 * @example
 * ```ts
 * import { episodeLayout } from 'gradsplit/episodes';
 * import { addition } from 'gradsplit/tasks';
 * const layout = episodeLayout(addition.create({ digits: 2 }), 3);
 * [layout.promptLength, layout.attemptLength, layout.legal.length]; // → [6, 3, 11]
 * ```
 */
export function episodeLayout(task: Task, attempts: number): EpisodeLayout {
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new InputError(`attempts: expected an integer of at least 1, found ${attempts}`);
  }
  const promptLength = task.promptLegal.length;
  const attemptLength = task.attemptLegal.length;
  const period = attemptLength + 1;
  const length = attempts * period - 1;
  const isDecision = (i: number): boolean => (i + 1) % period === 0;
  const positions = Array.from({ length }, (_, i) => i);
  return {
    promptLength,
    attempts,
    attemptLength,
    vocabulary: task.tokens.names.length,
    component: Uint8Array.from(positions, (i) => COMPONENTS.indexOf(isDecision(i) ? 'decision' : 'sample')),
    attempt: Int32Array.from(positions, (i) => Math.floor(i / period)),
    legal: positions.map((i) => (isDecision(i) ? DECISION_TOKENS : task.attemptLegal[i % period]!)),
    context: promptLength + length - 1,
  };
}

/**
 * Returns the tokens after the prompt: the attempts with RESAMPLE between them, then STOP unless no further
 * attempt was possible.
 * @throws InputError unless there are 1 … K attempts
 * @example
 * ```ts
 * import { attemptsOf, episodeLayout, responseOf } from 'gradsplit/episodes';
 * import { addition } from 'gradsplit/tasks';
 * const layout = episodeLayout(addition.create({ digits: 2 }), 3);
 * const response = responseOf(layout, [[4, 5, 6], [4, 8, 9]]); // → [4, 5, 6, 2, 4, 8, 9, 1]
 * attemptsOf(layout, response); // → [[4, 5, 6], [4, 8, 9]]
 * ```
 */
export function responseOf({ attempts: most }: EpisodeLayout, attempts: readonly Tokens[]): number[] {
  if (attempts.length < 1 || attempts.length > most) {
    throw new InputError(`an episode has 1 to ${most} attempts, found ${attempts.length}`);
  }
  return attempts.flatMap((attempt, k) => {
    if (k + 1 < attempts.length) return [...attempt, RESAMPLE_TOKEN];
    return k + 1 < most ? [...attempt, STOP_TOKEN] : [...attempt];
  });
}

/** Returns the attempts of a complete response; this is the inverse of `responseOf`. */
export function attemptsOf({ attemptLength }: EpisodeLayout, response: Tokens): number[][] {
  const attempts: number[][] = [];
  for (let i = 0; i < response.length; i += attemptLength + 1)
    attempts.push(response.slice(i, i + attemptLength));
  return attempts;
}

/** Returns whether a response is complete: STOP was chosen, or the last possible attempt is finished. */
export function isComplete({ attemptLength, legal }: EpisodeLayout, response: Tokens): boolean {
  if (response.length === legal.length) return true;
  return response.length % (attemptLength + 1) === 0 && response.at(-1) === STOP_TOKEN;
}
