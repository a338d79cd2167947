// Questions of a task put to a policy: prompts of a split, what is answered to them, and which attempts are right.
import type { RandomStream } from '../base/random.ts';
import type { Split, Task, Tokens } from '../tasks/index.ts';
import type { Decodable } from './decodable.ts';
import type { Drawing } from './draw.ts';
import { attemptsOf, type Episode, type EpisodeLayout } from './episode.ts';
import { drawRollouts, type Rollout } from './rollout.ts';

/** What is asked, and in what form. */
export interface Questions {
  readonly task: Task;
  readonly layout: EpisodeLayout;
}

/** What is judged of an episode. */
export interface JudgedEpisode {
  /** [attempts] whether each is right. */
  readonly right: readonly boolean[];
  /** [decisions] π(STOP). */
  readonly stop: readonly number[];
}

/** A rollout whose attempts are judged. */
export interface JudgedRollout extends Rollout, JudgedEpisode {}

/** Prompts of a split, each from a stream of its own. */
export function drawPrompts(task: Task, split: Split, count: number, random: RandomStream): number[][] {
  return Array.from({ length: count }, (_, i) => task.prompt(split, random.split('prompt', i)));
}

/** Whether each attempt of an episode is right; [attempts]. @throws InputError if the task knows no answer to the prompt */
export function rightAttempts({ task, layout }: Questions, { prompt, response }: Episode): boolean[] {
  return attemptsOf(layout, response).map((attempt) => task.check(prompt, attempt));
}

/** Whether the attempt that was handed in is right. */
export function isSolved({ right }: Pick<JudgedEpisode, 'right'>): boolean {
  return right.at(-1)!;
}

/**
 * An episode of the policy at every prompt, judged.
 * @param prompts [B]
 * @returns [B]; row i draws from a stream of its own
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
