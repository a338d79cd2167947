// The settings of the lab.
import { type NumberRange, numberOption, type OptionsOf } from '../../base/options.ts';

function integer(from: number, to: number): NumberRange {
  return {
    expected: `an integer from ${from} to ${to}`,
    holds: (x) => Number.isSafeInteger(x) && x >= from && x <= to,
  };
}

function between(from: number, to: number): NumberRange {
  return { expected: `a number from ${from} to ${to}`, holds: (x) => x >= from && x <= to };
}

/** The options by name. */
export const options = {
  questions: numberOption(
    10_000,
    integer(1000, 100_000),
    'How many questions there are, in 20 categories; each has one answer, drawn once.',
  ),
  batch: numberOption(5000, integer(100, 10_000), 'Questions of a step.'),
  rollouts: numberOption(10, integer(2, 20), 'Predictions drawn for each question: the size of a group.'),
  steps: numberOption(50, integer(10, 5000), 'Steps of AdamW of each training.'),
  learningRate: numberOption(0.5, between(1e-4, 2), 'Of AdamW, constant.'),
  clip: numberOption(
    0.2,
    between(0.01, 1),
    'ε of the clipped ratio, in the two trainings that compare clipping.',
  ),
  clipSteps: numberOption(
    40,
    integer(5, 5000),
    'Batches of these two trainings; each takes two updates, so that there is a ratio to clip.',
  ),
};

/** Their values. */
export type UncalibratedOptions = OptionsOf<typeof options>;
