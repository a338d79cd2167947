// Settings of the lab on early rejection.
import { numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';
import type { SearchOptions } from './search.ts';
import type { TrainingOptions } from './training.ts';

/** The table. */
export const options = {
  walkLength: numberOption(25, integerFrom(2, 400), 'L of the random walks.'),
  walks: numberOption(20_000, integerFrom(100, 1_000_000), 'Random walks for the correlation.'),
  rounds: numberOption(20_000, integerFrom(100, 1_000_000), 'Rounds of candidates for every rejection rate.'),
  beams: numberOption(16, integerFrom(2, 64), 'N, candidates of a prompt.'),
  keep: numberOption(4, integerFrom(1, 32), 'N/M, candidates that are kept; at most N.'),
  chainSteps: numberOption(2, integerFrom(1, 6), 'Steps of an answer of the transformer.'),
  stepLength: numberOption(4, integerFrom(2, 12), 'Tokens of a step.'),
  tau: numberOption(
    2,
    integerFrom(1, 11),
    'τ, tokens of a step after which candidates are rejected; below stepLength.',
  ),
  modulus: numberOption(5, integerFrom(2, 12), 'm: the answer is the running sum of digits modulo m.'),
  width: numberOption(
    32,
    { expected: 'a multiple of 8 from 16 to 128', holds: (x) => x % 8 === 0 && x >= 16 && x <= 128 },
    'Width of the transformer.',
  ),
  layers: numberOption(1, integerFrom(1, 4), 'Layers of the transformer.'),
  steps: numberOption(700, integerFrom(1, 20_000), 'Steps of training; the judge is what comes out.'),
  chains: numberOption(32, integerFrom(1, 512), 'Chains of a step of training.'),
  learningRate: numberOption(0.006, numberFrom(1e-5, 0.1), 'Peak of the learning rate.'),
  generator: numberOption(
    0.995,
    numberFrom(0.2, 1),
    'Mean probability of the right token at which a copy is made that generates.',
  ),
  temperature: numberOption(2.5, numberFrom(0.1, 10), 'At which the generator draws.'),
  prompts: numberOption(200, integerFrom(4, 2000), 'Prompts of every search.'),
  late: numberOption(0.5, numberFrom(0, 1), 'How often the last token of a step is spoiled, in the control.'),
};

/** Values of the settings. */
export type EarlyRejectionOptions = OptionsOf<typeof options>;

/** Heads of attention. */
const HEADS = 4;

/** τ and what is kept, as far as they make sense, and L. */
function fitted({ beams, keep, tau, stepLength, chainSteps }: EarlyRejectionOptions) {
  return {
    keep: Math.min(keep, beams),
    tau: Math.min(tau, stepLength - 1),
    length: chainSteps * stepLength,
  };
}

/** The settings of training. */
export function trainingOptions(options: EarlyRejectionOptions): TrainingOptions {
  const { tau, length } = fitted(options);
  return { ...options, length, prefix: tau, heads: HEADS };
}

/** The settings of a search with early rejection. */
export function searchOptions(options: EarlyRejectionOptions): SearchOptions {
  return { ...options, ...fitted(options) };
}
