// How large the gradient of each trajectory is, and how far it goes the way of the whole batch.
import type { Reducer } from './reducer.ts';

/** Of the sum of all labels, by parameter path. Of several parameters together: the sums of these numbers. */
export interface TrajectoryProducts {
  /** [B] ‖g_b‖² of each trajectory. */
  readonly squaredNorm: Readonly<Record<string, Float64Array>>;
  /** [B] ⟨g_b, g⟩ with the gradient g = Σ_b g_b of the batch. */
  readonly withBatch: Readonly<Record<string, Float64Array>>;
}

/**
 * Makes the squared norm of every trajectory's gradient and its inner product with that of the batch, parameter by parameter, without the
 * gradients of trajectories where these can be had from activations and cotangents.
 */
export function trajectoryReducer(): Reducer<TrajectoryProducts> {
  const squaredNorm: Record<string, Float64Array> = {};
  const withBatch: Record<string, Float64Array> = {};
  return {
    begin: () => undefined,
    wants: () => ({ trajectories: true }),
    take: ({ path, trajectories }) => {
      const found = trajectories();
      squaredNorm[path] = found.squaredNorm;
      withBatch[path] = found.withBatch;
    },
    result: () => ({ squaredNorm, withBatch }),
  };
}
