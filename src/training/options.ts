// Every option of a training run, each said once: what it does, its default, what it must be.

import { z } from 'zod';
import {
  AT_LEAST_ZERO,
  choiceOption,
  FINITE,
  numberOption,
  type OptionSpec,
  type OptionTable,
  POSITIVE_INTEGER,
  withDefault,
} from '../base/options.ts';
import { objectives } from '../objectives/index.ts';
import type { ObjectiveName } from '../objectives/objective.ts';
import { ERROR_KINDS } from '../tasks/index.ts';

const COUNT = {
  expected: 'an integer of at least 0',
  holds: (x: number): boolean => Number.isSafeInteger(x) && x >= 0,
};
const POSITIVE = { expected: 'a number greater than 0', holds: (x: number): boolean => x > 0 };

/** Sizes of the network. */
export const modelOptions: OptionTable = {
  width: numberOption(64, POSITIVE_INTEGER, 'Width d of the residual stream, a multiple of heads.'),
  layers: numberOption(3, POSITIVE_INTEGER, 'Blocks.'),
  heads: numberOption(4, POSITIVE_INTEGER, 'Attention heads of a block.'),
};

/** What belongs to the run as a whole. */
export const runOptions: OptionTable = {
  attempts: numberOption(4, POSITIVE_INTEGER, 'The most attempts K of an episode.'),
  evaluateEvery: numberOption(
    100,
    COUNT,
    'An SFT step is followed by a small evaluation every so many steps; 0 is never.',
  ),
  evaluateEpisodes: numberOption(128, POSITIVE_INTEGER, 'Episodes of a small evaluation.'),
  checkpointEvery: numberOption(100, POSITIVE_INTEGER, 'Steps between two checkpoints.'),
};

/** Probabilities as a list or as text with commas; kept as text with commas. */
function probabilitiesOption(initial: string, sentence: string): OptionSpec {
  const asText = (value: unknown): unknown => (Array.isArray(value) ? value.join(',') : value);
  return {
    default: initial,
    expected: 'numbers with commas between them, such as 0.5,0.5',
    sentence,
    schema: () =>
      z.preprocess(
        asText,
        z.string().refine((text) => text.split(',').every((part) => part.trim() !== '' && Number(part) >= 0)),
      ),
  };
}

const descentOptions: OptionTable = {
  steps: numberOption(200, COUNT, 'Steps of the phase.'),
  learningRate: numberOption(1e-4, POSITIVE, 'The learning rate η of AdamW, constant after the warm-up.'),
  warmup: numberOption(0, COUNT, 'Steps in which η rises linearly.'),
  weightDecay: numberOption(0, AT_LEAST_ZERO, 'The decay λ of AdamW.'),
  clipNorm: numberOption(1, POSITIVE, 'A gradient with a larger norm is scaled down to this norm.'),
};

const entropy = numberOption(
  0,
  FINITE,
  'The coefficient of the mean entropy per token, which is added to what is maximised.',
);

/** What SFT learns from. */
export type SftData = 'traces' | 'own';

const data = choiceOption(
  ['traces', 'own'],
  'traces: wrong attempts, then a right one; own: episodes drawn by the policy itself, those whose last attempt is right.',
);

/** Options of a phase that learns from traces, beside those of the objective. */
const traceOptions: OptionTable = {
  ...descentOptions,
  data,
  batch: numberOption(128, POSITIVE_INTEGER, 'Traces in a step.'),
  wrong: probabilitiesOption(
    '0.4,0.3,0.2,0.1',
    'Probabilities of 0, 1, 2 … wrong attempts before the right one.',
  ),
  errors: choiceOption(
    [...ERROR_KINDS, 'own'],
    'uniform: wrong attempts are drawn from all wrong ones; nearMiss: a right one with one token changed; own: wrong first attempts of the policy itself.',
  ),
  entropy,
};

/** Options of what is drawn from the policy at every step. */
const drawOptions: OptionTable = {
  prompts: numberOption(32, POSITIVE_INTEGER, 'Prompts in a step.'),
  group: numberOption(8, POSITIVE_INTEGER, 'Episodes drawn for a prompt.'),
};

/** Options of a phase that imitates its own solved episodes, beside those of the objective. */
const filteredOptions: OptionTable = { ...descentOptions, data, ...drawOptions, entropy };

/** Options of a phase that learns from its own episodes, beside those of the objective. */
const rolloutOptions: OptionTable = {
  ...descentOptions,
  ...drawOptions,
  innerEpochs: numberOption(1, POSITIVE_INTEGER, 'Updates made with the episodes of a step.'),
  entropy,
};

/** The default of the learning rate on traces: ten times that on the policy's own episodes. */
const TRACE_RATE = 1e-3;

/** The default of RL's cost of an attempt; the objectives' own is 0. */
const ATTEMPT_COST = 0.02;

/** Options that the loop itself brings to a phase. */
export function loopOptions(objective: ObjectiveName, sftData: SftData): OptionTable {
  if (objective !== 'sft') return rolloutOptions;
  if (sftData === 'own') return filteredOptions;
  return { ...traceOptions, learningRate: withDefault(descentOptions.learningRate!, TRACE_RATE) };
}

/**
 * All options of a phase with that objective: of the loop, then of the objective, which alone says what they mean.
 * @param sftData what SFT learns from; without effect on other objectives
 */
export function phaseOptions(objective: ObjectiveName, sftData: SftData = 'traces'): OptionTable {
  const own = objectives[objective].options;
  const loop = loopOptions(objective, sftData);
  if (objective === 'sft') return { ...loop, ...own };
  return { ...loop, ...own, attemptCost: withDefault(own.attemptCost!, ATTEMPT_COST) };
}
