// The settings of the lab.
import { numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

/** Defaults, what is expected, a sentence each. */
export const options = {
  steps: numberOption(400, integerFrom(20, 2000), 'Steps of training of every setting.'),
  prompts: numberOption(16, integerFrom(2, 64), 'Contexts a step.'),
  group: numberOption(8, integerFrom(2, 32), 'Rollouts of a context; they are compared with each other.'),
  learningRate: numberOption(0.05, numberFrom(0, 1), 'Learning rate of the policy, AdamW.'),
  slots: numberOption(8, integerFrom(2, 32), 'Entries of a context, N.'),
  width: numberOption(16, integerFrom(2, 32), 'Width of keys and queries, d.'),
  values: numberOption(8, integerFrom(2, 32), 'Values there are, V.'),
  guess: numberOption(0.7, numberFrom(0, 1), 'How often a value is the popular one, g.'),
  lean: numberOption(
    0,
    numberFrom(-5, 5),
    'How far answers lean to the value that is seen before training, in logits.',
  ),
  evidenceWeight: numberOption(
    1,
    numberFrom(0, 10),
    'λ, the weight of the reward for evidence beside that of 1 for a right answer.',
  ),
  noise: numberOption(
    0.8,
    numberFrom(0, 10),
    'Standard deviation of the error of the reward model for a pair, where right evidence has 1.',
  ),
  scale: numberOption(6, numberFrom(0, 50), 'Size of the logits of the reward model at the start.'),
  refreshEvery: numberOption(20, integerFrom(1, 2000), 'Steps between two fits of the reward model.'),
  refreshSteps: numberOption(40, integerFrom(1, 200), 'Steps of AdamW of a fit.'),
  refreshRate: numberOption(0.1, numberFrom(0, 1), 'Learning rate of a fit.'),
  evaluateEvery: numberOption(20, integerFrom(1, 100), 'Steps between two evaluations.'),
  heldOut: numberOption(256, integerFrom(16, 2048), 'Contexts of an evaluation, never trained on.'),
};

/** Their values. */
export type EapoOptions = OptionsOf<typeof options>;
