// The settings of the lab.
import { numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

/** The options by name. */
export const options = {
  answers: numberOption(8, integerFrom(4, 24), 'How many answers there are, each of which is also a prompt.'),
  beta: numberOption(0.5, numberFrom(0.2, 5), 'β of the KL penalty.'),
  steps: numberOption(100, integerFrom(10, 2000), 'Steps of either gradient.'),
  stride: numberOption(
    0.1,
    numberFrom(0.01, 0.9),
    'ηβ of the natural gradient: which share of the way to 1/β a step takes.',
  ),
  vanillaRate: numberOption(2, numberFrom(0.01, 4), 'η of the vanilla gradient.'),
  coupling: numberOption(
    0.1,
    numberFrom(0.01, 1),
    'Affinity between the two halves of the answers, over that within: the smaller, the slower the chain mixes.',
  ),
  revisions: numberOption(40, integerFrom(10, 200), 'For how many steps the chain is followed.'),
};

/** Their values. */
export type EnergyOptions = OptionsOf<typeof options>;
