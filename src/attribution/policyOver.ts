// A policy whose numbers are elements of any field: the text of a claim is written once for it, and runs in float64, over a finite
// field, over fractions, over dual numbers, over intervals and over degrees.
import type { ArrayField } from '../base/field.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';

/** A policy, its reference and its rewards on a trajectory graph, over a field with arrays A. */
export interface PolicyOver<A> {
  readonly field: ArrayField<A>;
  readonly graph: TrajectoryGraph;
  /** The probability π(a|h) of every edge [edges]. */
  readonly prob: A;
  /** The probability π_ref(a|h) of every edge [edges]. */
  readonly refProb: A;
  /**
   * log π(a|h) − log π_ref(a|h) of every edge [edges]: a free symbol where the field has no logarithms, since the identities that
   * are proved hold whatever it is; the true value in float64 and in intervals.
   */
  readonly logRatio: A;
  /** The reward R(τ) of every leaf [leaves]. */
  readonly reward: A;
}
