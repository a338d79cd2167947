// How large the gradient of each trajectory is, and how far it goes the way of the whole batch.
import { add, scope, type Tensor } from '../../../autodiff/index.ts';
import { innerProductOf } from './gramReducer.ts';
import type { Reducer } from './reducer.ts';

/** Of the sum of all labels, by parameter path. Of several parameters together: the sums of these numbers. */
export interface TrajectoryProducts {
  /** [B] ‖g_b‖² of each trajectory. */
  readonly squaredNorm: Readonly<Record<string, Float64Array>>;
  /** [B] ⟨g_b, g⟩ with the gradient g = Σ_b g_b of the batch. */
  readonly withBatch: Readonly<Record<string, Float64Array>>;
}

/** Makes the squared norm of every trajectory's gradient and its inner product with that of the batch, parameter by parameter. */
export function trajectoryReducer(): Reducer<TrajectoryProducts> {
  let count = 0;
  const squaredNorm: Record<string, Float64Array> = {};
  const withBatch: Record<string, Float64Array> = {};
  return {
    begin: ({ trajectories }) => {
      count = trajectories;
    },
    take: ({ path, labels, trajectory }) =>
      scope(() => {
        const whole = labels.reduce((sum: Tensor, x) => add(sum, x));
        squaredNorm[path] = new Float64Array(count);
        withBatch[path] = new Float64Array(count);
        for (let b = 0; b < count; b++) {
          scope(() => {
            const own = trajectory(b);
            squaredNorm[path]![b] = innerProductOf(own, own);
            withBatch[path]![b] = innerProductOf(own, whole);
          });
        }
      }),
    result: () => ({ squaredNorm, withBatch }),
  };
}
