// An objective is data and two pure functions: its loss in ops of the engine, and its weights in closed form.

import type { Options, OptionTable, RawOptions } from '../base/options.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { TokenBatch } from './batch.ts';

export type { Options, RawOptions } from '../base/options.ts';

/** Names of the objectives, as in configurations and on the command line. */
export type ObjectiveName =
  | 'sft'
  | 'reinforce'
  | 'rloo'
  | 'grpo'
  | 'drGrpo'
  | 'dapo'
  | 'gspo'
  | 'ppo'
  | 'cispo'
  | 'luspo';

/** One objective. Losses are minimised, so w_t = −∂L/∂log π_t is what pushes a token's log-probability up. */
export interface Objective {
  readonly name: ObjectiveName;
  /** One sentence: what it weights how. */
  readonly sentence: string;
  /** The loss in TeX. */
  readonly formula: string;
  /** Where it comes from, such as `arXiv 2402.03300`. */
  readonly source: string;
  /** Its options in the order in which they are shown: defaults, what is expected, a sentence each. */
  readonly options: OptionTable;
  /** Fills in defaults; throws InputError naming the option, what was expected, and the near name. */
  parseOptions(raw: RawOptions): Options;
  /**
   * The loss as a scalar tensor, differentiable in logProb [T].
   * @throws ShapeError if the batch's arrays do not fit together
   */
  loss(logProb: Tensor, batch: TokenBatch, options: Options): Tensor;
  /** w_t = −∂L/∂log π_t at batch.logProb, [T], in closed form. */
  weights(batch: TokenBatch, options: Options): Float64Array;
}
