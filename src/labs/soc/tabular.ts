// One state with free logits: what Supervised Optimism Correction converges to, in closed form and by descent on the engine.
import {
  add,
  grad,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  neg,
  scope,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';

/** The Euclidean projection of a vector onto the simplex, max(0, v − c) with Σ = 1, and its c. Source: Held, Wolfe and Crowder 1974. */
export function onSimplex(v: readonly number[]): { point: number[]; threshold: number } {
  const sorted = v.toSorted((a, b) => b - a);
  let sum = 0;
  let threshold = 0;
  for (const [i, x] of sorted.entries()) {
    sum += x;
    const c = (sum - 1) / (i + 1);
    if (x > c) threshold = c;
  }
  return { point: v.map((x) => Math.max(0, x - threshold)), threshold };
}

/**
 * The policy to which descent on L = −Σ y·log π − λ·log Σ exp Q takes free logits: max(0, y − s)/(1 − λ), the projection of y/(1 − λ) onto
 * the simplex, with all logits of its support rising at speed s.
 */
export function sharpened(y: readonly number[], lambda: number): { policy: number[]; speed: number } {
  const { point, threshold } = onSimplex(y.map((x) => x / (1 - lambda)));
  return { policy: point, speed: threshold * (1 - lambda) };
}

/** The losses of one state that are compared, by name. */
export const STATE_LOSSES = {
  /** −Σ y·log π. */
  sft: (logits: Tensor, y: Tensor): Tensor => neg(sum(mul(y, logSoftmax(logits)))),
  /** Less λ·log Σ exp Q. */
  soc: (logits: Tensor, y: Tensor, lambda: number): Tensor =>
    sub(STATE_LOSSES.sft(logits, y), mul(logSumExp(logits), lambda)),
  /** Plus λ·mean log π: negative label smoothing, which is less λ·(log Σ exp Q − mean Q). */
  smoothing: (logits: Tensor, y: Tensor, lambda: number): Tensor =>
    add(STATE_LOSSES.sft(logits, y), mul(mean(logSoftmax(logits)), lambda)),
};
/** A loss of a state. */
export type StateLoss = keyof typeof STATE_LOSSES;

/** Logits and the policy that they stand for. */
export interface StatePoint {
  readonly logits: Float64Array;
  readonly policy: Float64Array;
}

function policyOf(logits: Float64Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = logits.map((x) => Math.exp(x - top));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

/** The derivative of a loss of a state in its logits, by the engine in float64. */
export function stateGradient(
  name: StateLoss,
  logits: Float64Array,
  y: readonly number[],
  lambda: number,
): Float64Array {
  return scope(() => {
    const target = tensor(y, { dtype: 'f64' });
    const at = { logits: tensor(logits, { dtype: 'f64' }) };
    const { logits: gradient } = grad((p: typeof at) => STATE_LOSSES[name](p.logits, target, lambda))(at);
    return Float64Array.from(gradient.readSync());
  });
}

/** Gradient descent from logits 0, a point after every step. */
export function* descend(
  name: StateLoss,
  y: readonly number[],
  lambda: number,
  { steps, rate }: { readonly steps: number; readonly rate: number },
): Generator<StatePoint> {
  let logits = new Float64Array(y.length);
  for (let step = 0; step < steps; step++) {
    const gradient = stateGradient(name, logits, y, lambda);
    logits = logits.map((x, a) => x - rate * gradient[a]!);
    yield { logits, policy: policyOf(logits) };
  }
}
