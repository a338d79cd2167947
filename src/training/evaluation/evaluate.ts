// Evaluates a policy at prompts of a split that depend on a seed alone, so that all policies answer the same questions.
import { randomStream } from '../../base/random.ts';
import {
  type Decodable,
  type Drawing,
  drawPrompts,
  type JudgedRollout,
  judgedRollouts,
  type Questions,
} from '../../episodes/index.ts';
import type { Split } from '../../tasks/index.ts';

/** `EvaluationOptions` say how a policy is evaluated. */
export interface EvaluationOptions {
  /** The number of prompts, with one episode for each. */
  readonly episodes: number;
  readonly seed: number;
  readonly drawing: Drawing;
}

/**
 * Draws and judges episodes of a policy. Episode i of another policy with the same options has the same
 * prompt and the same random numbers, so differences between policies are paired.
 */
export function evaluationEpisodes(
  questions: Questions,
  from: Decodable,
  split: Split,
  { episodes, seed, drawing }: EvaluationOptions,
): JudgedRollout[] {
  const random = randomStream(seed, `evaluation ${split}`);
  const prompts = drawPrompts(questions.task, split, episodes, random);
  return judgedRollouts(questions, from, prompts, drawing, random);
}
