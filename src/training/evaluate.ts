// Evaluation: episodes at prompts of a split that depend on a seed alone, so that all policies answer the same questions.
import { randomStream } from '../base/random.ts';
import type { Decodable, Drawing, EpisodeLayout } from '../episodes/index.ts';
import type { Split, Task } from '../tasks/index.ts';
import { drawPrompts, rollOut } from './material.ts';
import type { JudgedEpisode } from './measure.ts';

/** What a policy is asked, and in what form. */
export interface Questions {
  readonly task: Task;
  readonly layout: EpisodeLayout;
}

/** How a policy is measured. */
export interface EvaluationOptions {
  /** Prompts, one episode each. */
  readonly episodes: number;
  readonly seed: number;
  readonly drawing: Drawing;
}

/**
 * The judged episodes of a policy. Episode i of another policy with the same options has the same prompt and the same random numbers, so differences
 * between policies are paired.
 */
export function evaluationEpisodes(
  questions: Questions,
  from: Decodable,
  split: Split,
  { episodes, seed, drawing }: EvaluationOptions,
): JudgedEpisode[] {
  const random = randomStream(seed, `evaluation ${split}`);
  const prompts = drawPrompts(questions.task, split, episodes, random);
  return rollOut(questions, from, prompts, drawing, random).judged;
}
