// A tabular policy: one row of logits per history, in the canonical order of `shape.ts`.
import type { PolicyShape } from './shape.ts';

/** Logits of every history: `sample` [sampleRows, V], `decision` [decisionRows, 2] (STOP, RESAMPLE), row-major. */
export interface PolicyLogits {
  readonly sample: Float64Array;
  readonly decision: Float64Array;
}

/** R(τ) = 1 if the last attempt equals `target` else 0, minus attemptCost · (attempts − 1). */
export interface TargetReward {
  readonly kind: 'target';
  readonly target: readonly number[];
  readonly attemptCost: number;
}

/** R for every trajectory, in the canonical order of the leaves (see `leafKeys` in shape.ts). */
export interface TableReward {
  readonly kind: 'table';
  readonly values: Float64Array;
}

/** The content of a `gradsplit/policy@1` file. */
export interface TabularPolicy {
  readonly shape: PolicyShape;
  readonly reward: TargetReward | TableReward;
  readonly logits: PolicyLogits;
  readonly reference: PolicyLogits;
}
