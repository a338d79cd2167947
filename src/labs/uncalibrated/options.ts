// The settings of the lab.
import { numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

/** The options by name. */
export const options = {
  questions: numberOption(
    10_000,
    integerFrom(1000, 100_000),
    'How many questions there are, in 20 categories; each has one answer, drawn once.',
  ),
  batch: numberOption(5000, integerFrom(100, 10_000), 'Questions of a step.'),
  rollouts: numberOption(10, integerFrom(2, 20), 'Predictions drawn for each question: the size of a group.'),
  steps: numberOption(80, integerFrom(10, 5000), 'Steps of AdamW of each training.'),
  learningRate: numberOption(0.5, numberFrom(1e-4, 2), 'Of AdamW, constant.'),
  clip: numberOption(
    0.2,
    numberFrom(0.01, 1),
    'ε of the clipped ratio, in the two trainings that compare clipping.',
  ),
  clipSteps: numberOption(
    40,
    integerFrom(5, 5000),
    'Batches of these two trainings; each takes two updates, so that there is a ratio to clip.',
  ),
};

/** Their values. */
export type UncalibratedOptions = OptionsOf<typeof options>;
