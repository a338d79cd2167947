// What the tables of `reproduce` share: names of models and verdicts, and which measures are shown.
import type { ModelName, Verdict } from '../../experiments/reproduce/document.ts';
import type { PlainMeasure } from './measures.ts';

/** How the models are called. */
export const MODEL_NAMES: Readonly<Record<ModelName, string>> = {
  base: 'base',
  sft: 'SFT',
  rl: 'RL',
  rlSample: 'RL, only π_sample',
  rlDecision: 'RL, only π_d',
};

/** How the verdicts are called. */
export const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  supported: 'supported',
  notSupported: 'not supported',
  undecided: 'undecided',
};

/** The measures of a model that are shown: how good attempts are, how good decisions are. */
export const SHOWN_MEASURES: readonly PlainMeasure[] = [
  'accuracy',
  'firstAttempt',
  'stopGivenCorrect',
  'resampleGivenWrong',
];
