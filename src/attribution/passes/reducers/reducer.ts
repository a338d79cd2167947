// What a pass hands to those who ask about gradients: one parameter after the other, freed before the next comes.
import type { Tensor } from '../../../autodiff/index.ts';

/** What every reducer is told before a pass. */
export interface PassFacts {
  /** The labels, in the order of all results over labels. */
  readonly labels: readonly string[];
  /** The number B of trajectories. */
  readonly trajectories: number;
}

/** The gradient of one parameter. Its tensors are freed after the call. */
export interface ParameterGradient {
  readonly path: string;
  /** Of each label, in the order of the labels. */
  readonly labels: readonly Tensor[];
  /** Of the sum of all labels, over the tokens of one trajectory: made when it is asked for. */
  trajectory(b: number): Tensor;
}

/** Makes something smaller of gradients as they are finished. */
export interface Reducer<R> {
  begin(facts: PassFacts): void;
  take(gradient: ParameterGradient): void;
  /** What it has made, after the pass. */
  result(): R;
}
