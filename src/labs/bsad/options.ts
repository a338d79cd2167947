// Settings of the lab on dueling.
import { choiceOption, numberOption, type OptionsOf } from '../../base/options.ts';

/** Integers from a to b. */
function integers(from: number, to: number) {
  return {
    expected: `an integer from ${from} to ${to}`,
    holds: (x: number): boolean => Number.isSafeInteger(x) && x >= from && x <= to,
  };
}

/** Numbers from a to b. */
function numbers(from: number, to: number) {
  return { expected: `a number from ${from} to ${to}`, holds: (x: number): boolean => x >= from && x <= to };
}

/** The table. */
export const options = {
  horizon: numberOption(3, integers(1, 5), 'H, steps of the process.'),
  states: numberOption(3, integers(1, 5), 'States of every step but the first, which has one.'),
  actions: numberOption(2, integers(2, 4), 'Actions in every state.'),
  gap: numberOption(
    0.16,
    numbers(0.1, 2),
    'Q(s, best) − Q(s, a) for every other action; the sweep goes down to a quarter of it.',
  ),
  noise: numberOption(0.5, numbers(0.05, 1), 'Standard deviation of the reward of a step.'),
  batch: numberOption(25, integers(1, 400), 'M, trajectories in a batch.'),
  delta: numberOption(0.1, numbers(1e-4, 0.4), 'δ, the failure rate that is allowed.'),
  link: choiceOption(
    ['direct', 'logistic'],
    'direct: the batch with the larger sum is preferred; logistic: it is preferred with probability 1/(1 + e^{−difference/temperature}).',
  ),
  temperature: numberOption(1, numbers(0.1, 100), 'Of the logistic link, in units of the sum of rewards.'),
  reach: choiceOption(
    ['bonus', 'uniform'],
    'How states are reached. bonus: Q-learning on a bonus for states seen least; uniform: actions drawn uniformly.',
  ),
  runs: numberOption(200, integers(1, 5000), 'Runs of the whole method for the failure rate.'),
  decisionRuns: numberOption(400, integers(1, 10_000), 'Runs of a single decision for its failure rate.'),
  sweepRuns: numberOption(12, integers(1, 500), 'Runs at every gap; twice as many at every δ.'),
  duels: numberOption(
    10_000,
    integers(1, 200_000),
    'Duels of the lottery at M = 1 and at M; a tenth at the others.',
  ),
  rlooSteps: numberOption(150, integers(1, 5000), 'Steps of RLOO on the same process.'),
  group: numberOption(32, integers(2, 512), 'Trajectories of a step of RLOO.'),
  learningRate: numberOption(0.05, numbers(1e-4, 1), 'Of RLOO.'),
};

/** Values of the settings. */
export type BsadLabOptions = OptionsOf<typeof options>;
