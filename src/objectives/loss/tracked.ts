// Which tokens a loss sees and which of them carry gradient, decided before anything else is computed from log π.
import {
  indices,
  mul,
  scatterAdd,
  stopGradient,
  sum,
  type Tensor,
  tensor,
  where,
} from '../../autodiff/index.ts';
import { COMPONENTS } from '../../policy/component.ts';
import type { TokenBatch } from '../batch.ts';
import type { Update } from './aggregation.ts';

/** Whether a token of the component at this place in COMPONENTS carries gradient. */
export function isUpdated(component: number, update: Update): boolean {
  return update === 'both' || COMPONENTS[component] === update;
}

/** Numbers per token as a constant tensor of log π's type, 0 on masked-out tokens; [T]. */
export function maskedConstant(values: Float64Array, { mask }: TokenBatch, like: Tensor): Tensor {
  return tensor(
    values.map((x, t) => (mask[t] === 1 ? x : 0)),
    { dtype: like.dtype },
  );
}

function flags(like: Tensor, test: (t: number) => boolean): Tensor {
  return tensor(
    Float64Array.from({ length: like.size }, (_, t) => (test(t) ? 1 : 0)),
    { dtype: like.dtype },
  );
}

/** log π, 0 on masked-out tokens, its gradient stopped on tokens that `update` leaves out; [T]. */
export function trackedLogProb(logProb: Tensor, batch: TokenBatch, update: Update): Tensor {
  const seen = where(
    flags(logProb, (t) => batch.mask[t] === 1),
    logProb,
    0,
  );
  if (update === 'both') return seen;
  const updated = flags(logProb, (t) => isUpdated(batch.component[t]!, update));
  return where(updated, seen, stopGradient(seen));
}

/** [T] the trajectory of each token. */
export function trajectoryOf({ offsets, logProb }: TokenBatch): Int32Array {
  const out = new Int32Array(logProb.length);
  for (let i = 0; i + 1 < offsets.length; i++) out.fill(i, offsets[i]!, offsets[i + 1]!);
  return out;
}

/** Σ over the tokens of each trajectory; [T] → [B]. */
export function sumByTrajectory(perToken: Tensor, batch: TokenBatch): Tensor {
  return scatterAdd(perToken, indices(trajectoryOf(batch)), batch.offsets.length - 1);
}

/** Σ_t coefficient_t·x_t over masked-in tokens; [T] → scalar. */
export function weightedSum(perToken: Tensor, coefficient: Float64Array, batch: TokenBatch): Tensor {
  return sum(mul(perToken, maskedConstant(coefficient, batch, perToken)));
}
