// Every option of a training run is defined here once: what it does, its default and its valid values.

import {
  ABOVE_ZERO,
  AT_LEAST_ZERO,
  COUNT,
  choiceOption,
  FINITE,
  listOption,
  numberOption,
  type Option,
  type OptionsOf,
  type OptionTable,
  POSITIVE_INTEGER,
  withDefault,
} from '../base/options.ts';
import { ARCHITECTURES } from '../nn/index.ts';
import type { Objective } from '../objectives/index.ts';
import { ERROR_KINDS } from '../tasks/index.ts';

const [, ...ROTARY] = ARCHITECTURES;

/** The name of an architecture. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** `modelOptions` are the options of the network, of whatever architecture. */
export const modelOptions = {
  architecture: choiceOption(
    ARCHITECTURES,
    'As model cards call it; all but gpt2 have rotary positions, RMS norms and a gated MLP.',
  ),
  width: numberOption(64, POSITIVE_INTEGER, 'Width d of the residual stream, a multiple of heads.'),
  layers: numberOption(3, POSITIVE_INTEGER, 'Blocks.'),
  heads: numberOption(4, POSITIVE_INTEGER, 'Attention heads of a block.'),
};

/** `rotaryModelOptions` are further options of the network where its architecture has rotary positions. */
export const rotaryModelOptions = {
  keyHeads: numberOption(
    0,
    COUNT,
    'Heads of keys and values, each shared by as many heads of queries, a divisor of heads; 0 takes as many as heads. Not with gpt2.',
  ),
  inner: numberOption(
    0,
    COUNT,
    'Width of the MLP; 0 takes 8/3 of the width, in whole eights. Not with gpt2.',
  ),
  window: numberOption(
    0,
    COUNT,
    'How many places a token sees in every block, the last up to itself; 0: all of them. Not with gpt2 and llama, which have none.',
  ),
};

type Sizes = Omit<OptionsOf<typeof modelOptions>, 'architecture'>;

/** `RotaryOptions` are the options of a network with rotary positions. */
export type RotaryOptions = Sizes &
  OptionsOf<typeof rotaryModelOptions> & { readonly architecture: Exclude<Architecture, 'gpt2'> };

/** `ModelOptions` are the options of the network of a run. */
export type ModelOptions = (Sizes & { readonly architecture: 'gpt2' }) | RotaryOptions;

/** The architecture where it is not GPT-2. */
export const rotaryArchitecture: Option<RotaryOptions['architecture']> = {
  ...modelOptions.architecture,
  default: 'llama',
  parse: (given) => ROTARY.find((name) => name === given),
};

/** Returns the options of a network of an architecture. */
export function modelOptionsOf(architecture: Architecture): OptionTable {
  return architecture === 'gpt2' ? modelOptions : { ...modelOptions, ...rotaryModelOptions };
}

/** `runOptions` are the options of the run as a whole. */
export const runOptions = {
  attempts: numberOption(4, POSITIVE_INTEGER, 'The largest number of attempts K of an episode.'),
  evaluateEvery: numberOption(
    100,
    COUNT,
    'A small evaluation follows every so many SFT steps; 0 turns it off.',
  ),
  evaluateEpisodes: numberOption(128, POSITIVE_INTEGER, 'Episodes of a small evaluation.'),
  splitEvery: numberOption(
    1,
    COUNT,
    'The gradient is split by component at every so many steps, which takes longer; 0 never splits it.',
  ),
  checkpointEvery: numberOption(100, POSITIVE_INTEGER, 'Steps between two checkpoints.'),
  checkpointMinutes: numberOption(
    10,
    AT_LEAST_ZERO,
    'A checkpoint follows the first step that ends so many minutes after the last one; 0 turns it off.',
  ),
  keepEvery: numberOption(
    0,
    COUNT,
    'Checkpoints after every so many steps stay; 0 leaves the end of the base and the last one.',
  ),
  microBatch: numberOption(
    0,
    COUNT,
    'The most episodes that go through the network at once; 0 takes as many as fit into 3 GiB.',
  ),
};

const descentOptions = {
  steps: numberOption(200, COUNT, 'Steps of the phase.'),
  learningRate: numberOption(1e-4, ABOVE_ZERO, 'The learning rate η of AdamW, constant after the warm-up.'),
  warmup: numberOption(0, COUNT, 'Steps in which η rises linearly.'),
  weightDecay: numberOption(0, AT_LEAST_ZERO, 'The decay λ of AdamW.'),
  clipNorm: numberOption(1, ABOVE_ZERO, 'A gradient with a larger norm is scaled down to this norm.'),
};

const entropy = numberOption(
  0,
  FINITE,
  'The coefficient of the mean entropy per token, which is added to what is maximised.',
);

const valueBonus = numberOption(
  0,
  AT_LEAST_ZERO,
  'The coefficient λ of the mean log Σ exp of the logits per token, which is added to what is maximised (Supervised Optimism Correction); nothing in the loss keeps the logits from rising.',
);

const data = choiceOption(
  ['traces', 'own'],
  'traces: wrong attempts, then a right one; own: episodes drawn by the policy itself, those whose last attempt is right.',
);

/**
 * These are the options of a phase that learns from demonstrations. Its default learning rate is ten times
 * that of a phase that learns from the policy's own episodes.
 */
const demonstrationOptions = {
  ...descentOptions,
  learningRate: withDefault(descentOptions.learningRate, 1e-3),
  data,
  batch: numberOption(128, POSITIVE_INTEGER, 'Demonstrations in a step.'),
  wrong: listOption([0.4, 0.3, 0.2, 0.1], 'Probabilities of 0, 1, 2 … wrong attempts before the right one.'),
  errors: choiceOption(
    [...ERROR_KINDS, 'own'],
    'uniform: wrong attempts are drawn from all wrong ones; nearMiss: a right one with one token changed; own: wrong first attempts of the policy itself.',
  ),
  entropy,
  valueBonus,
};

/** These are the options for drawing from the policy at every step. */
const drawOptions = {
  prompts: numberOption(32, POSITIVE_INTEGER, 'Prompts in a step.'),
  group: numberOption(8, POSITIVE_INTEGER, 'Episodes drawn for a prompt.'),
};

/** These are the options of a phase that imitates its own solved episodes. */
const solvedOptions = { ...descentOptions, data, ...drawOptions, entropy, valueBonus };

/** These are the options of a phase that learns from its own episodes. */
const episodeOptions = {
  ...descentOptions,
  ...drawOptions,
  innerEpochs: numberOption(1, POSITIVE_INTEGER, 'Updates made with the episodes of a step.'),
  entropy,
};

/** `loopOptions` are the options that the loop itself adds to a phase, by what the phase learns from. */
export const loopOptions = {
  demonstrations: demonstrationOptions,
  solved: solvedOptions,
  episodes: episodeOptions,
};

/**
 * A `Source` names what a phase learns from: `demonstrations`, wrong attempts followed by a right one;
 * `solved`, its own episodes whose last attempt is right; or `episodes`, all of its own episodes.
 */
export type Source = keyof typeof loopOptions;

/** A `LoopConfig` says what a phase learns from, with the options of the loop. */
export type LoopConfig = {
  readonly [S in Source]: { readonly learnsFrom: S; readonly loop: OptionsOf<(typeof loopOptions)[S]> };
}[Source];

/** This is the default cost of an attempt in RL; the default of the objectives themselves is 0. */
const ATTEMPT_COST = 0.02;

/**
 * Returns the options of an objective in training. If it subtracts a cost of attempts from the reward, the
 * default cost is above 0.
 */
export function objectiveOptions({ options, imitates }: Objective): OptionTable {
  const { attemptCost } = options;
  return imitates || attemptCost === undefined
    ? options
    : { ...options, attemptCost: withDefault(attemptCost, ATTEMPT_COST) };
}

/**
 * Returns all options of a phase with this objective: those of the loop, then those of the objective, which
 * alone defines what they mean.
 */
export function phaseOptions(objective: Objective, learnsFrom: Source): OptionTable {
  return { ...loopOptions[learnsFrom], ...objectiveOptions(objective) };
}
