// Puts questions of a task to a policy: draws prompts of a split, collects the answers and checks which attempts are right.
import type { RandomStream } from '../base/random.ts';
import type { Split, Task, Tokens } from '../tasks/index.ts';
import type { Decodable } from './decodable.ts';
import type { Drawing } from './draw.ts';
import { attemptsOf, type Episode, type EpisodeLayout } from './episode.ts';
import { drawRollouts, type Rollout } from './rollout.ts';

/** `Questions` say which task is asked, and the layout of its episodes. */
export interface Questions {
  readonly task: Task;
  readonly layout: EpisodeLayout;
}

/**
 * A `JudgedEpisode` says which attempts of an episode are right, and how likely it was to stop after each.
 */
export interface JudgedEpisode {
  /** [attempts] whether each attempt is right. */
  readonly right: readonly boolean[];
  /** [decisions] π(STOP) at each decision. */
  readonly stop: readonly number[];
}

/** A `JudgedRollout` is a rollout whose attempts have been judged. */
export interface JudgedRollout extends Rollout, JudgedEpisode {}

/** Draws prompts of a split, each from a random stream of its own. */
export function drawPrompts(task: Task, split: Split, count: number, random: RandomStream): number[][] {
  return Array.from({ length: count }, (_, i) => task.prompt(split, random.split('prompt', i)));
}

/**
 * Returns whether each attempt of an episode is right, [attempts].
 * @throws InputError if the task knows no answer to the prompt
 */
export function rightAttempts({ task, layout }: Questions, { prompt, response }: Episode): boolean[] {
  return attemptsOf(layout, response).map((attempt) => task.check(prompt, attempt));
}

/** Returns whether the final attempt, the one handed in, is right. */
export function isSolved({ right }: Pick<JudgedEpisode, 'right'>): boolean {
  return right.at(-1)!;
}

/**
 * Draws an episode of the policy for every prompt and judges it. Row i draws from a random stream of its own.
 * @param prompts [B]
 * @returns [B] episodes in the order of the prompts
 * @throws InputError if a prompt has a token that does not exist; Error if logits are not finite
 */
export function judgedRollouts(
  questions: Questions,
  from: Decodable,
  prompts: readonly Tokens[],
  drawing: Drawing,
  random: RandomStream,
): JudgedRollout[] {
  const { layout } = questions;
  const request = { layout, prompts, drawing, random: (row: number) => random.split('row', row) };
  return drawRollouts(from, request).map((rollout) => ({
    ...rollout,
    right: rightAttempts(questions, rollout),
  }));
}
