// The material of a step is what it learns from, with measures of the policy taken on the way.
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

/** `Material` is what one step learns from. */
export interface Material {
  readonly episodes: EpisodeBatch;
  readonly outcome: Outcome;
  /** Measures of the policy; left out where no episodes were drawn. */
  readonly observed?: Observed;
  /** The number of drawn episodes that were kept, or null where none are dropped. */
  readonly kept: number | null;
  /**
   * The number of wrong attempts that demonstrations lack because the policy did not make them, or null where
   * they are not drawn from the policy.
   */
  readonly missingErrors: number | null;
}

/** Training draws from the policy itself, at temperature 1. */
export const FROM_THE_POLICY: Drawing = atTemperature(1);

/** `Observed` holds the measures of the policy at a step; they are null where nothing was measured. */
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

/** Selects the measures of the policy that are reported at every step. */
export function observed(measures: EvaluationMeasures, reward: number, klToBase: number | null): Observed {
  return {
    reward,
    firstAttempt: measures.firstAttempt,
    stopGivenCorrect: orNull(measures.stopGivenCorrect),
    resampleGivenWrong: orNull(measures.resampleGivenWrong),
    klToBase,
  };
}

/** Runs a small evaluation on training prompts, for phases that draw no episodes themselves. */
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
