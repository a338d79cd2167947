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
  answers: numberOption(8, integer(4, 24), 'How many answers there are, each of which is also a prompt.'),
  beta: numberOption(0.5, between(0.2, 5), 'β of the KL penalty.'),
  steps: numberOption(100, integer(10, 2000), 'Steps of either gradient.'),
  stride: numberOption(
    0.1,
    between(0.01, 0.9),
    'ηβ of the natural gradient: which share of the way to 1/β a step takes.',
  ),
  vanillaRate: numberOption(2, between(0.01, 4), 'η of the vanilla gradient.'),
  coupling: numberOption(
    0.1,
    between(0.01, 1),
    'Affinity between the two halves of the answers, over that within: the smaller, the slower the chain mixes.',
  ),
  revisions: numberOption(40, integer(10, 200), 'For how many steps the chain is followed.'),
};

/** Their values. */
export type EnergyOptions = OptionsOf<typeof options>;
