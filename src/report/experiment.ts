// How the models, measures and verdicts of an experiment are called, and a measure of a model over its seeds.
import { modelsOf } from '../analyses/reproduce/models.ts';
import { overSeeds } from '../analyses/reproduce/overSeeds.ts';
import type { Estimate } from '../documents/evaluation.ts';
import type { ModelName, PairName, ReproduceDocument, Verdict } from '../documents/reproduce.ts';
import type { Split } from '../tasks/index.ts';
import type { PlainMeasure } from './tables/measures.ts';

/** The models by name. */
export const MODEL_NAMES: Readonly<Record<ModelName, string>> = {
  base: 'base',
  sft: 'SFT',
  rl: 'RL',
  rlSample: 'RL, only π_sample',
  rlDecision: 'RL, only π_d',
};

/** What is shown of every model. */
export const SHOWN_MEASURES: readonly PlainMeasure[] = [
  'accuracy',
  'firstAttempt',
  'stopGivenCorrect',
  'resampleGivenWrong',
];

/** Verdicts in words. */
export const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  supported: 'supported',
  notSupported: 'not supported',
  undecided: 'undecided',
};

/** Splits in words. */
export const SPLIT_NAMES: Readonly<Record<Split, string>> = {
  id: 'in distribution',
  ood: 'out of distribution',
};

/** `base → SFT`. */
export function pairName(pair: PairName): string {
  return modelsOf(pair)
    .map((model) => MODEL_NAMES[model])
    .join(' → ');
}

/** A measure of a model at every seed; NaN where there was nothing to measure. */
export function bySeed(
  { models }: ReproduceDocument,
  model: ModelName,
  split: Split,
  measure: PlainMeasure,
): number[] {
  return models[model].map(({ splits }) => splits[split][measure].mean);
}

/** Its mean with the t interval over seeds. */
export function modelEstimate(
  document: ReproduceDocument,
  model: ModelName,
  split: Split,
  measure: PlainMeasure,
): Estimate {
  return overSeeds(bySeed(document, model, split, measure));
}
