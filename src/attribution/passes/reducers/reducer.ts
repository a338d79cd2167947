// What a pass hands to those who ask about gradients: one parameter after the other, freed before the next comes.
import type { Tensor } from '../../../autodiff/index.ts';

/** What every reducer is told before a pass. */
export interface PassFacts {
  /** The labels, in the order of all results over labels. */
  readonly labels: readonly string[];
  /** The number B of trajectories. */
  readonly trajectories: number;
}

/** What a reducer will ask of a parameter's gradient. */
export interface Wanted {
  readonly labels?: boolean;
  readonly gram?: boolean;
  readonly trajectories?: boolean;
  /** As a direction for forward mode: of a table of tokens that is not held whole what moves tokens, of all else `labels`. */
  readonly direction?: boolean;
}

/** The gradients of labels on a table of tokens, as far as they move the response tokens. */
export interface TableDirections {
  /** [U] the tokens that are looked up. */
  readonly read: Int32Array;
  /** [L][U·d] the gradient at their rows. */
  readonly rows: readonly ArrayLike<number>[];
  /** [L][N] ⟨∂ log π_t/∂W, g_l⟩ with the table as the weight W of the output layer; 0 where it is none. */
  readonly throughHead: readonly Float64Array[];
}

/** Of the sum of all labels. */
export interface TrajectoryNumbers {
  /** [B] ‖g_b‖² of each trajectory. */
  readonly squaredNorm: Float64Array;
  /** [B] ⟨g_b, g⟩ with the gradient g = Σ_b g_b of the batch. */
  readonly withBatch: Float64Array;
}

/** The gradient of one parameter. What a reducer did not say that it wants may be missing. */
export interface ParameterGradient {
  readonly path: string;
  /** [L] the gradient of each label, of the parameter's shape; freed after `take`. */
  labels(): readonly Tensor[];
  /** [L·L] ⟨g_a, g_b⟩ of the labels' gradients, row by row. */
  gram(): Float64Array;
  trajectories(): TrajectoryNumbers;
  /** Of a table that is not held whole; undefined of all else. */
  readonly tableDirections?: () => TableDirections;
}

/** Makes something smaller of gradients as they are finished. */
export interface Reducer<R> {
  begin(facts: PassFacts): void;
  /** What it will ask of the gradient of this parameter. */
  wants(path: string): Wanted;
  take(gradient: ParameterGradient): void;
  /** What it has made, after the pass. */
  result(): R;
}
