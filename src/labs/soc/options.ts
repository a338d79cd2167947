// The settings of the lab, with ranges in which memory and time stay small.
import { numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

/** Every setting of the lab. */
export const options = {
  lambda: numberOption(
    0.2,
    numberFrom(0.01, 0.9),
    'The coefficient λ of the correction, of label smoothing and of the shift.',
  ),
  prompts: numberOption(8, integerFrom(1, 32), 'Prompts of the expert.'),
  length: numberOption(5, integerFrom(2, 12), 'Tokens of an answer.'),
  demonstrations: numberOption(400, integerFrom(16, 20_000), 'Demonstrations that are imitated.'),
  steps: numberOption(300, integerFrom(10, 5000), 'Steps of a training of the network.'),
  batch: numberOption(64, integerFrom(4, 256), 'Demonstrations in a step.'),
  learningRate: numberOption(
    3e-3,
    { expected: 'a number from 1e-5 to 0.1', holds: (x) => x >= 1e-5 && x <= 0.1 },
    'The learning rate of AdamW.',
  ),
  width: numberOption(
    16,
    { expected: 'an even integer from 4 to 64', holds: (x) => Number.isInteger(x / 2) && x >= 4 && x <= 64 },
    'The width of the network.',
  ),
  beam: numberOption(8, integerFrom(1, 64), 'The width of the beam that is judged.'),
  descent: numberOption(600, integerFrom(400, 10_000), 'Steps of descent on the logits of one state.'),
};

/** Their values. */
export type SocOptions = OptionsOf<typeof options>;
