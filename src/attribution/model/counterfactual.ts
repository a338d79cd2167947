// Whether influence predicts: tokens or trajectories are taken out of a step, and the change of the objective is compared with what
// influence says.
import { add, mul, type Parameters, scope } from '../../autodiff/index.ts';
import type { RandomStream } from '../../base/random.ts';
import { type Network, weightsInMemory } from '../../nn/index.ts';
import {
  denseReducer,
  type HostGradient,
  type PassHooks,
  type ResponseBatch,
  tokenGradients,
  tokenLogProbsOf,
  toTensor,
} from '../passes/index.ts';

/** What is taken out. */
export interface Removal {
  readonly kind: 'token' | 'trajectory';
  /** Its index: of the token in the batch, or of the trajectory. */
  readonly index: number;
}

/** One removal, predicted and carried out. */
export interface Counterfactual extends Removal {
  /** −η·Σ_{t taken out} w_t·⟨u_t, g⟩. */
  readonly predicted: number;
  /** J(θ + η·(g − δ)) − J(θ + η·g), with δ = Σ_{t taken out} w_t·u_t. */
  readonly actual: number;
  /** The part of `actual` that grows with η², from a step of half the size. */
  readonly secondOrder: number;
}

/** What removals say of influence. */
export interface CheckResult {
  readonly n: number;
  /** η. */
  readonly stepSize: number;
  /** Of predicted and actual changes; NaN where one of them does not vary. */
  readonly correlation: number;
  /** The largest |actual − predicted| by the largest |predicted|. */
  readonly worst: number;
  /** The same after the second-order term is taken off. */
  readonly worstAfterSecondOrder: number;
  readonly removals: readonly Counterfactual[];
}

/** What a check is made on. */
export interface CheckInput {
  readonly network: Network;
  /** All parameters, in the type in which the check computes: float64, unless they are too many. */
  readonly parameters: Parameters;
  readonly batch: ResponseBatch;
  /** The objective at log-probs of the tokens, [N] → J = −L, with everything else of the batch held fixed. */
  objectiveAt(logProb: Float64Array): number;
  /** [N] w_t. */
  readonly weights: Float64Array;
  /** [N] ⟨u_t, g⟩ on all parameters. */
  readonly influence: Float64Array;
}

/** A gradient on the host, by path. */
type HostGradients = Readonly<Record<string, HostGradient>>;

/** The largest first-order change of a log-prob in a step, where nobody says another step size. */
const LARGEST_CHANGE = 0.02;

/**
 * The step size η with which no log-prob moves by more than 0.02 to first order.
 * @param influence [N] ⟨u_t, g⟩ on all parameters
 */
export function checkStepSize(influence: Float64Array): number {
  const largest = influence.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return largest > 0 ? LARGEST_CHANGE / largest : 1;
}

/**
 * Draws what is taken out, in turn a token and a trajectory, among those with a weight and each at most once.
 * @param offsets [B + 1]
 * @param weights [N] w_t
 * @returns as many as asked for, or all there are
 */
export function drawRemovals(
  count: number,
  offsets: Int32Array,
  weights: Float64Array,
  random: RandomStream,
): Removal[] {
  const tokens = [...weights.keys()].filter((t) => weights[t] !== 0);
  const trajectories = [...offsets.keys()].filter(
    (i) => i + 1 < offsets.length && weights.subarray(offsets[i], offsets[i + 1]).some((w) => w !== 0),
  );
  const takeFrom = (pool: number[]): number | undefined => pool.splice(random.integer(pool.length), 1)[0];
  const drawn: Removal[] = [];
  while (drawn.length < count && tokens.length + trajectories.length > 0) {
    const kind =
      (drawn.length % 2 === 0 && tokens.length > 0) || trajectories.length === 0 ? 'token' : 'trajectory';
    const index = takeFrom(kind === 'token' ? tokens : trajectories);
    if (index !== undefined) drawn.push({ kind, index });
  }
  return drawn;
}

/** [N] 1 on what is taken out. */
function taken({ kind, index }: Removal, offsets: Int32Array, N: number): Float64Array {
  const out = new Float64Array(N);
  if (kind === 'token') out[index] = 1;
  else out.fill(1, offsets[index], offsets[index + 1]);
  return out;
}

/** Pearson's correlation; NaN where one of the two does not vary. */
function correlationOf(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const [da, db] = [a.map((x) => x - ma), b.map((x) => x - mb)];
  const product = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, k) => sum + value * y[k]!, 0);
  return product(da, db) / Math.sqrt(product(da, da) * product(db, db));
}

/** θ + η·v. The caller disposes of the tensors. */
function moved(parameters: Parameters, direction: HostGradients, eta: number): Parameters {
  return scope(() =>
    Object.fromEntries(
      Object.entries(parameters).map(([path, value]) => [
        path,
        add(value, mul(toTensor(direction[path]!), eta)),
      ]),
    ),
  );
}

/**
 * Takes tokens or trajectories out of the batch, one after the other, and takes the step without each: θ + η·(g − δ). To first order the
 * objective then changes by −η⟨δ, g⟩, which is −η·Σ w_t·influence_t. Weights of what stays are held fixed: that a group's mean or a
 * divisor would be another one without it is not part of the question. A second step of half the size tells the second-order term,
 * 2·Δ(η) − 4·Δ(η/2), apart; what stays after it is of the third order, and rounding.
 * @param stepSize η
 * @param hooks looked at between removals
 */
export async function counterfactual(
  { network, parameters, batch, objectiveAt, weights, influence }: CheckInput,
  removals: readonly Removal[],
  stepSize: number,
  hooks: PassHooks = {},
): Promise<CheckResult> {
  const source = weightsInMemory(parameters);
  const gradientOf = async (seeds: Float64Array): Promise<HostGradients> => {
    const dense = denseReducer();
    await tokenGradients(network, source, batch, { all: seeds }, [dense]);
    return dense.result().all!;
  };
  const objectiveAfter = async (direction: HostGradients, eta: number): Promise<number> => {
    const there = moved(parameters, direction, eta);
    try {
      return objectiveAt(await tokenLogProbsOf(network, weightsInMemory(there), batch));
    } finally {
      for (const value of Object.values(there)) value.dispose();
    }
  };
  const gradient = await gradientOf(weights);
  const whole = await objectiveAfter(gradient, stepSize);
  const half = await objectiveAfter(gradient, stepSize / 2);
  const results: Counterfactual[] = [];
  for (const [k, removal] of removals.entries()) {
    await hooks.onProgress?.(k, removals.length);
    hooks.signal?.throwIfAborted();
    const out = taken(removal, batch.offsets, weights.length);
    const direction = await gradientOf(weights.map((w, t) => (out[t] === 1 ? 0 : w)));
    const actual = (await objectiveAfter(direction, stepSize)) - whole;
    const atHalf = (await objectiveAfter(direction, stepSize / 2)) - half;
    const predicted = -stepSize * out.reduce((sum, one, t) => sum + one * weights[t]! * influence[t]!, 0);
    results.push({ ...removal, predicted, actual, secondOrder: 2 * actual - 4 * atHalf });
  }
  await hooks.onProgress?.(removals.length, removals.length);
  return { n: results.length, stepSize, ...agreement(results), removals: results };
}

function agreement(
  results: readonly Counterfactual[],
): Pick<CheckResult, 'correlation' | 'worst' | 'worstAfterSecondOrder'> {
  const largest = results.reduce((most, { predicted }) => Math.max(most, Math.abs(predicted)), 0);
  const worst = (of: (one: Counterfactual) => number): number =>
    results.reduce((most, one) => Math.max(most, Math.abs(of(one))), 0) / largest;
  return {
    correlation: correlationOf(
      results.map(({ predicted }) => predicted),
      results.map(({ actual }) => actual),
    ),
    worst: worst(({ actual, predicted }) => actual - predicted),
    worstAfterSecondOrder: worst(({ actual, predicted, secondOrder }) => actual - predicted - secondOrder),
  };
}
