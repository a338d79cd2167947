// Settings of the lab on dueling.
import { choiceOption, numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

/** The table. */
export const options = {
  horizon: numberOption(3, integerFrom(1, 5), 'H, steps of the process.'),
  states: numberOption(3, integerFrom(1, 5), 'States of every step but the first, which has one.'),
  actions: numberOption(2, integerFrom(2, 4), 'Actions in every state.'),
  gap: numberOption(
    0.16,
    numberFrom(0.1, 2),
    'Q(s, best) − Q(s, a) for every other action; the sweep goes down to a quarter of it.',
  ),
  noise: numberOption(0.5, numberFrom(0.05, 1), 'Standard deviation of the reward of a step.'),
  batch: numberOption(25, integerFrom(1, 400), 'M, trajectories in a batch.'),
  delta: numberOption(0.1, numberFrom(1e-4, 0.4), 'δ, the failure rate that is allowed.'),
  link: choiceOption(
    ['direct', 'logistic'],
    'direct: the batch with the larger sum is preferred; logistic: it is preferred with probability 1/(1 + e^{−difference/temperature}).',
  ),
  temperature: numberOption(1, numberFrom(0.1, 100), 'Of the logistic link, in units of the sum of rewards.'),
  reach: choiceOption(
    ['bonus', 'uniform'],
    'How states are reached. bonus: Q-learning on a bonus for states seen least; uniform: actions drawn uniformly.',
  ),
  runs: numberOption(200, integerFrom(1, 5000), 'Runs of the whole method for the failure rate.'),
  decisionRuns: numberOption(400, integerFrom(1, 10_000), 'Runs of a single decision for its failure rate.'),
  sweepRuns: numberOption(12, integerFrom(1, 500), 'Runs at every gap; twice as many at every δ.'),
  duels: numberOption(
    10_000,
    integerFrom(1, 200_000),
    'Duels of the lottery at M = 1 and at M; a tenth at the others.',
  ),
  rlooSteps: numberOption(150, integerFrom(1, 5000), 'Steps of RLOO on the same process.'),
  group: numberOption(32, integerFrom(2, 512), 'Trajectories of a step of RLOO.'),
  learningRate: numberOption(0.05, numberFrom(1e-4, 1), 'Of RLOO.'),
};

/** Values of the settings. */
export type BsadLabOptions = OptionsOf<typeof options>;
