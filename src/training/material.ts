// What a step learns from and what is seen of the policy; episodes drawn from it.
import type { Parameters } from '../autodiff/index.ts';
import { type RandomStream, randomStream } from '../base/random.ts';
import type { Measures } from '../documents/evaluation.ts';
import type { MetricsLine } from '../documents/train.ts';
import {
  type Decodable,
  type Drawing,
  decodable,
  type EpisodeBatch,
  type EpisodeLayout,
  sampleEpisodes,
} from '../episodes/index.ts';
import type { Split, Task, Tokens } from '../tasks/index.ts';
import type { Outcome } from './gradient.ts';
import { type JudgedEpisode, judge, measures } from './measure.ts';
import type { Trainer } from './trainer.ts';

/**
 * Episodes drawn from a policy, judged.
 * @param prompts [B]
 * @returns responses [B], ragged; log π of all their tokens end to end [N]; judged episodes [B]
 */
export function rollOut(
  { task, layout }: { readonly task: Task; readonly layout: EpisodeLayout },
  from: Decodable,
  prompts: readonly Tokens[],
  drawing: Drawing,
  random: RandomStream,
): { responses: Tokens[]; logProbs: Float64Array; judged: JudgedEpisode[] } {
  const rollouts = sampleEpisodes(from, {
    layout,
    prompts,
    drawing,
    random: (row) => random.split('row', row),
  });
  return {
    responses: rollouts.map((r) => r.response),
    logProbs: Float64Array.from(rollouts.flatMap((r) => r.logProbs)),
    judged: rollouts.map((rollout, i) => judge(task, layout, prompts[i]!, rollout)),
  };
}

/** As the policy is trained. */
export const PLAIN: Drawing = { temperature: 1 };

/** Prompts of a split, each drawn from a random stream of its own. */
export function drawPrompts(task: Task, split: Split, count: number, random: RandomStream): number[][] {
  return Array.from({ length: count }, (_, i) => task.prompt(split, random.split('prompt', i)));
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** What is seen of the policy at a step; null where there is nothing to say. */
export type Observed = Pick<
  MetricsLine,
  'reward' | 'firstAttempt' | 'stopGivenCorrect' | 'resampleGivenWrong' | 'klToBase'
>;

const NOTHING: Observed = {
  reward: null,
  firstAttempt: null,
  stopGivenCorrect: null,
  resampleGivenWrong: null,
  klToBase: null,
};

/** What measures say of the policy. */
export function observed(measured: Measures, reward: number, klToBase: number | null): Observed {
  return {
    reward,
    firstAttempt: measured.firstAttempt,
    stopGivenCorrect: orNull(measured.stopGivenCorrect),
    resampleGivenWrong: orNull(measured.resampleGivenWrong),
    klToBase,
  };
}

/** What a step learns from. */
export interface Material {
  readonly episodes: EpisodeBatch;
  readonly outcome: Outcome;
  /** Left out where no episodes were drawn. */
  readonly observed?: Observed;
  /** Episodes that were drawn and kept, null where none are dropped. */
  readonly kept: number | null;
  /** Wrong attempts that traces should have had and the policy did not make, null where it was not asked for any. */
  readonly missingErrors: number | null;
}

/** A small evaluation on training prompts, for phases that draw no episodes themselves. */
export function observe(trainer: Trainer, parameters: Parameters, done: number): Observed {
  const { evaluateEvery, evaluateEpisodes } = trainer.config.run;
  if (evaluateEvery === 0 || done % evaluateEvery !== 0) return NOTHING;
  const random = randomStream(trainer.seed, 'small evaluation', done);
  const prompts = drawPrompts(trainer.task, 'id', evaluateEpisodes, random);
  const { judged } = rollOut(trainer, decodable(trainer.model, parameters), prompts, PLAIN, random);
  const measured = measures(judged, trainer.layout.attempts);
  return observed(measured, measured.accuracy, null);
}
