// What a step learns from, and what is seen of the policy meanwhile.
import type { Parameters } from '../autodiff/index.ts';
import { randomStream } from '../base/random.ts';
import type { EvaluationMeasures } from '../documents/evaluation.ts';
import type { MetricsLine } from '../documents/train.ts';
import {
  atTemperature,
  type Drawing,
  decodable,
  drawPrompts,
  type EpisodeBatch,
  judgedRollouts,
} from '../episodes/index.ts';
import { evaluationMeasures } from './evaluation/measures.ts';
import type { Outcome } from './gradient.ts';
import type { Trainer } from './trainer.ts';

/** What a step learns from. */
export interface Material {
  readonly episodes: EpisodeBatch;
  readonly outcome: Outcome;
  /** Left out where no episodes were drawn. */
  readonly observed?: Observed;
  /** Episodes that were drawn and kept, null where none are dropped. */
  readonly kept: number | null;
  /** Wrong attempts that demonstrations should have had and the policy did not make, null where it was not asked for any. */
  readonly missingErrors: number | null;
}

/** Training draws from the policy itself, that is at temperature 1. */
export const FROM_THE_POLICY: Drawing = atTemperature(1);

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

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** What the measures say of the policy. */
export function observed(measures: EvaluationMeasures, reward: number, klToBase: number | null): Observed {
  return {
    reward,
    firstAttempt: measures.firstAttempt,
    stopGivenCorrect: orNull(measures.stopGivenCorrect),
    resampleGivenWrong: orNull(measures.resampleGivenWrong),
    klToBase,
  };
}

/** A small evaluation on training prompts, for phases that draw no episodes themselves. */
export function observe(trainer: Trainer, parameters: Parameters, done: number): Observed {
  const { evaluateEvery, evaluateEpisodes } = trainer.config.run;
  if (evaluateEvery === 0 || done % evaluateEvery !== 0) return NOTHING;
  const random = randomStream(trainer.seed, 'small evaluation', done);
  const prompts = drawPrompts(trainer.task, 'id', evaluateEpisodes, random);
  const judged = judgedRollouts(
    trainer,
    decodable(trainer.model, parameters),
    prompts,
    FROM_THE_POLICY,
    random,
  );
  const measures = evaluationMeasures(judged, trainer.layout.attempts);
  return observed(measures, measures.accuracy, null);
}
