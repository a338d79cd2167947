// The settings of the lab, with ranges in which memory and time stay small.
import { type NumberRange, numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

const INSIDE: NumberRange = { expected: 'a number between 0 and 1', holds: (x) => x > 0 && x < 1 };

/** Every setting of the lab. */
export const options = {
  kinds: numberOption(12, integerFrom(2, 48), 'Kinds of questions; each has one sound method.'),
  methods: numberOption(6, integerFrom(2, 16), 'Methods, the rationales z.'),
  operands: numberOption(16, integerFrom(4, 48), 'Operands; a question is a kind and an operand.'),
  answers: numberOption(16, integerFrom(2, 64), 'Answers y, at least as many as methods.'),
  luck: numberOption(
    0.01,
    numberFrom(0, 0.5),
    'The probability that a method gives on an operand what another method gives there: a right answer from an unsound rationale.',
  ),
  heldOut: numberOption(1 / 3, INSIDE, "The part of each kind's questions that is held out."),
  low: numberOption(0.05, INSIDE, 'The lowest initial success rate.'),
  middle: numberOption(0.3, INSIDE, 'The initial success rate between the two.'),
  high: numberOption(0.8, INSIDE, 'The highest initial success rate.'),
  execution: numberOption(
    0.9,
    INSIDE,
    'The initial probability that a method, once chosen, is executed without a mistake.',
  ),
  attempts: numberOption(4, integerFrom(1, 64), 'Tries of rejection sampling at a question.'),
  hint: numberOption(
    0.5,
    numberFrom(0, 4),
    'The exponent h of a model with the answer in its prompt, which draws z in proportion to π(z | x)·π(y* | x, z)^h; 1 is the posterior.',
  ),
  copy: numberOption(
    0.9,
    numberFrom(0, 1),
    'The probability that this model copies the answer, whatever its rationale.',
  ),
  rounds: numberOption(60, integerFrom(8, 1000), 'E-steps of a training, each followed by an M-step.'),
  draws: numberOption(64, integerFrom(8, 1024), 'Pairs of rationale and answer drawn in a round.'),
  updates: numberOption(2, integerFrom(1, 20), 'Gradient steps of an M-step.'),
  repeats: numberOption(10, integerFrom(1, 100), 'Trainings of each kind in a seed, whose mean is taken.'),
  learningRate: numberOption(0.1, numberFrom(1e-4, 1), 'The learning rate of AdamW.'),
};

/** Their values. */
export type EmOptions = OptionsOf<typeof options>;
