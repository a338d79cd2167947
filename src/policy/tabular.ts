// A tabular policy has one row of logits per history, in the canonical order of `shape.ts`.
import type { Fraction } from '../algebra/fraction.ts';
import type { PutStatement } from './putStatement.ts';
import type { PolicyShape } from './shape.ts';

/** Odds of every history as fractions, in the order of the logits. */
export interface PolicyOdds {
  readonly sample: readonly Fraction[];
  readonly decision: readonly Fraction[];
}

/** The logits of every history, row-major: `sample` [sampleRows, V] and `decision` [decisionRows, 2] (STOP, RESAMPLE). */
export interface PolicyLogits {
  readonly sample: Float64Array;
  readonly decision: Float64Array;
  /** The odds whose logarithms the logits are, where they were given as fractions. */
  readonly odds?: PolicyOdds;
}

/** The reward R(τ) that is 1 if the last attempt equals `target` [L] and 0 otherwise, minus attemptCost · (attempts − 1). */
export interface TargetReward {
  readonly kind: 'target';
  readonly target: readonly number[];
  readonly attemptCost: number;
  /** The cost, where it was given as a fraction. */
  readonly exactCost?: Fraction;
}

/** A reward that is given for every trajectory [leaves], in the canonical order of the leaves (see `leafKeys` in shape.ts). */
export interface TableReward {
  readonly kind: 'table';
  readonly values: Float64Array;
  /** The values, where some were given as fractions. */
  readonly exactValues?: readonly Fraction[];
}

/** The content of a `gradsplit/policy@1` file: a policy with its shape, its reward and its reference. */
export interface TabularPolicy {
  readonly shape: PolicyShape;
  readonly reward: TargetReward | TableReward;
  readonly logits: PolicyLogits;
  readonly reference: PolicyLogits;
  /** What it is a counter-example to, where its file says so. */
  readonly statement?: PutStatement;
}
