// The settings of the lab.
import { numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

/** Defaults, what is expected, a sentence each. */
export const options = {
  steps: numberOption(
    600,
    integerFrom(20, 2000),
    'Steps of training of every setting, after the demonstrations.',
  ),
  prompts: numberOption(16, integerFrom(2, 64), 'Images a step.'),
  group: numberOption(8, integerFrom(2, 32), 'Rollouts of an image; they are compared with each other.'),
  learningRate: numberOption(0.03, numberFrom(0, 1), 'Learning rate, AdamW.'),
  demonstrations: numberOption(
    24,
    integerFrom(1, 512),
    'Grounded demonstrations from which every setting starts.',
  ),
  warmSteps: numberOption(60, integerFrom(1, 1000), 'Steps of SFT on these demonstrations.'),
  side: numberOption(6, integerFrom(3, 10), 'Cells of a side of the grid, border included.'),
  kinds: numberOption(4, integerFrom(2, 16), 'Kinds of objects.'),
  width: numberOption(8, integerFrom(2, 32), 'Width of what is seen of a cell from afar, m.'),
  blur: numberOption(
    0.45,
    numberFrom(0, 10),
    'Standard deviation of its noise; the prototype of a kind has length 1.',
  ),
  colours: numberOption(4, integerFrom(2, 16), 'Colours, which are the answers, A.'),
  shortcut: numberOption(
    0.95,
    numberFrom(0, 1),
    'How often the border has the colour of the object on purpose, in training.',
  ),
  annotated: numberOption(0.7, numberFrom(0, 1), 'How often the verifier knows where the object is.'),
  evaluateEvery: numberOption(20, integerFrom(1, 100), 'Steps between two evaluations.'),
  heldOut: numberOption(256, integerFrom(16, 2048), 'Images of an evaluation, never trained on.'),
};

/** Their values. */
export type ArgosOptions = OptionsOf<typeof options>;
