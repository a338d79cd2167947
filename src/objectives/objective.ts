// An objective is data and two pure functions: its loss in ops of the engine, and its weights in closed form.

import { InputError } from '../base/errors.ts';
import { type Members, missingMembers } from '../base/members.ts';
import { type Options, parseOptions, type RawOptions, type TableOf } from '../base/options.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { TokenBatch } from './batch.ts';
import type { Update } from './loss/aggregation.ts';

/** What others need to know about an objective with its options chosen. */
export interface ObjectiveTraits {
  /** Whether weights on policy depend on log-probs, and not on rewards and lengths alone. */
  readonly readsLogProbs: boolean;
  /** Whether it needs a critic's V(h_t), `value` of the batch. */
  readonly readsValues: boolean;
  /** The fewest trajectories of a group with which it is defined. */
  readonly leastGroup: number;
  /** The tokens that carry gradient. */
  readonly update: Update;
  /** What it takes off the reward for every attempt after the first. */
  readonly attemptCost: number;
}

/** What a batch as a whole must know of each of its trajectories: one number of each kind, by column. */
export interface TrajectoryNumbers {
  /** [B] L_i: masked-in tokens, or what the objective counts instead. */
  readonly length: Float64Array;
  /** [B] R_i after the cost of attempts, and after the KL penalty if it is placed there. */
  readonly reward: Float64Array;
  /** [B] */
  readonly group: Int32Array;
  /** [K][B] the reward functions one by one, for objectives that look at each. */
  readonly rewards?: readonly Float64Array[];
}

/** What follows from these numbers for each trajectory. */
export interface TrajectoryScales {
  /** [B] A_i; other numbers may stand in for them. 1 for an objective without rewards; under a critic R_i, see `ppo`. */
  readonly advantage: Float64Array;
  /** [B] c_i. */
  readonly coefficient: Float64Array;
}

/** Weights by term of the loss, [T] each. */
export interface TermWeights {
  /** w_t, to the bit of `weights`: the sum of the terms but for rounding. */
  readonly total: Float64Array;
  /** Of what the objective maximises. */
  readonly policy: Float64Array;
  /** Of a KL penalty in the loss; undefined where there is none. */
  readonly kl?: Float64Array;
}

/**
 * The weights in three steps, for batches that are too large to be held at once: numbers of each trajectory, read piece by piece;
 * then scales from the numbers of all; then the weights, again piece by piece. Numbers of pieces are put end to end, see
 * `joinNumbers`. However a batch is cut, between trajectories, the weights are those of the whole to the bit; tokens and trajectories
 * that errors name are counted in the piece.
 */
export interface WeightParts<O> {
  /** @throws ShapeError if the arrays of the piece do not fit together */
  numbers(some: TokenBatch, options: O): TrajectoryNumbers;
  scales(all: TrajectoryNumbers, options: O): TrajectoryScales;
  /**
   * @param scales those of the trajectories of `some`
   * @throws ShapeError if the arrays of the piece do not fit together, or `scales` has not one of each for every trajectory
   */
  weights(some: TokenBatch, scales: TrajectoryScales, options: O): TermWeights;
}

/** The definition of an objective. `O` is inferred from its table of options. Losses are minimised. */
export interface ObjectiveDefinition<O> {
  /** As in configurations and on the command line. */
  readonly name: string;
  /** One sentence: what it weights how. */
  readonly sentence: string;
  /** The loss in TeX. */
  readonly formula: string;
  /** Where it comes from, such as `arXiv 2402.03300`. */
  readonly source: string;
  /** Whether it learns from demonstrations and looks at no reward. Left out: false. */
  readonly imitates?: boolean;
  /** Its options in the order in which they are shown: defaults, what is expected, a sentence each. */
  readonly options: TableOf<O>;
  /** Left out: it reads log-probs but no values, takes groups of any size, updates both components, and takes nothing off the reward. */
  traits?(options: NoInfer<O>): Partial<ObjectiveTraits>;
  /**
   * The loss as a scalar tensor, differentiable in logProb [T].
   * @throws ShapeError if the batch's arrays do not fit together
   */
  loss(logProb: Tensor, batch: TokenBatch, options: NoInfer<O>): Tensor;
  /** w_t = −∂L/∂log π_t at batch.logProb, [T], in closed form: what pushes a token's log-probability up. */
  weights(batch: TokenBatch, options: NoInfer<O>): Float64Array;
  /** The same in steps; left out where the weights need the whole batch at once. */
  readonly parts?: WeightParts<NoInfer<O>>;
  /**
   * w_t·e^logScale, [T], where it may be a number although w_t overflows: a large ratio of an improbable trajectory, in an exact
   * expectation. Left out: such an expectation is NaN.
   */
  scaledWeights?(batch: TokenBatch, options: NoInfer<O>, logScale: number): Float64Array;
}

/** An objective: its definition, completed. */
export interface Objective<O = Options> extends ObjectiveDefinition<O> {
  readonly imitates: boolean;
  traits(options: O): ObjectiveTraits;
  /** Fills in defaults; throws InputError naming the option, what was expected, and the near name. */
  parseOptions(raw: RawOptions): O;
}

const TRAITS: ObjectiveTraits = {
  readsLogProbs: true,
  readsValues: false,
  leastGroup: 1,
  update: 'both',
  attemptCost: 0,
};

/**
 * An objective from its definition. The types of its options are inferred from their table.
 * @example
 * ```ts
 * import { mul, sum, tensor } from 'gradsplit/autodiff';
 * import { defineObjective, numberOption } from 'gradsplit/objectives';
 * const weighted = defineObjective({
 *   name: 'weighted',
 *   sentence: 'Every token weighs the same.',
 *   formula: String.raw`-\lambda\sum_t\log\pi_t`,
 *   source: 'an example',
 *   options: { lambda: numberOption(1, { expected: 'a positive number', holds: (x) => x > 0 }, 'The weight of a token.') },
 *   loss: (logProb, _batch, { lambda }) => mul(sum(logProb), -lambda),
 *   weights: ({ logProb }, { lambda }) => logProb.map(() => lambda),
 * });
 * weighted.parseOptions({ lambda: 2 }); // → { lambda: 2 }
 * ```
 */
export function defineObjective<O>(definition: ObjectiveDefinition<O>): Objective<O> {
  const { name, options: table } = definition;
  return {
    imitates: false,
    ...definition,
    traits: (options) => ({ ...TRAITS, ...definition.traits?.(options) }),
    parseOptions: (raw) => parseOptions(name, table, raw),
  };
}

const MEMBERS: Members = {
  name: 'string',
  sentence: 'string',
  formula: 'string',
  source: 'string',
  options: 'object',
  loss: 'function',
  weights: 'function',
};

function isDefinition(value: unknown): value is ObjectiveDefinition<Options> {
  return missingMembers(value, MEMBERS).length === 0;
}

/**
 * The objective that a value from outside is, such as what a module exports; a definition will do.
 * @param place where it comes from, for messages
 * @throws InputError naming what it lacks
 */
export function objectiveFrom(value: unknown, place: string): Objective {
  if (isDefinition(value)) return defineObjective(value);
  throw new InputError(
    `${place}: expected an objective with ${Object.keys(MEMBERS).join(', ')}; it lacks ${missingMembers(value, MEMBERS).join(', ')}`,
  );
}
