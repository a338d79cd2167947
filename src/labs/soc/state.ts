// What is measured on one state: the closed form, its conditions, and where descent goes.

import { scope, tensor } from '../../autodiff/index.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import { SHAPE } from './expert.ts';
import { descend, STATE_LOSSES, type StateLoss, type StatePoint, sharpened } from './tabular.ts';

/** λ of the example that was computed by hand. */
const HAND_LAMBDA = 0.2;
/** (y − 0.06)/0.8 where that is positive. */
const HAND: readonly number[] = [0.675, 0.3, 0.025, 0];

/** The largest difference of two vectors. */
export function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));
}

/**
 * How far a policy and a speed are from the conditions under which it no longer changes: on its support y − (1 − λ)·π is the speed of all
 * logits, elsewhere it is not more, and probabilities add up to 1.
 */
export function stationarity(
  y: readonly number[],
  lambda: number,
  policy: readonly number[],
  speed: number,
): number {
  const violations = y.map((target, a) => {
    const rise = target - (1 - lambda) * policy[a]! - speed;
    return policy[a]! > 0 ? Math.abs(rise) : Math.max(0, rise);
  });
  return Math.max(...violations, Math.abs(policy.reduce((sum, p) => sum + p, 0) - 1));
}

/** A random distribution of 2 to 9 entries, some of them small. */
function randomTarget(random: RandomStream): number[] {
  const weights = Array.from({ length: 2 + random.integer(8) }, () => Math.exp(2 * random.normal()));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** The value of a loss of one state. */
function lossAt(name: StateLoss, logits: readonly number[], lambda: number): number {
  return scope(() => {
    const at = tensor(logits, { dtype: 'f64' });
    return STATE_LOSSES[name](at, tensor(SHAPE, { dtype: 'f64' }), lambda).item();
  });
}

/** What a shift of all logits by 1 does to a loss, and λ. */
function shiftLoss(name: StateLoss, lambda: number, random: RandomStream): number {
  const logits = SHAPE.map(() => random.normal());
  const shifted = logits.map((x) => x + 1);
  return Math.abs(lossAt(name, shifted, lambda) - lossAt(name, logits, lambda) + lambda);
}

/** Measures the state, and the course of its most probable token under each loss. */
export function measureState(lambda: number, steps: number, seed: number) {
  const random = randomStream(seed, 'state');
  const conditions = Array.from({ length: 50 }, () => {
    const y = randomTarget(random);
    const own = 0.9 * random.uniform();
    const { policy, speed } = sharpened(y, own);
    return stationarity(y, own, policy, speed);
  });
  const run = (name: StateLoss): StatePoint[] => [...descend(name, SHAPE, lambda, { steps, rate: 1 })];
  const [soc, smoothing, sft] = [run('soc'), run('smoothing'), run('sft')];
  const { policy } = sharpened(SHAPE, lambda);
  const every = (points: readonly StatePoint[]): number[] =>
    points.filter((_, i) => i % Math.ceil(steps / 50) === 0).map((point) => point.policy[0]!);
  return {
    measured: {
      closedForm: largest(sharpened(SHAPE, HAND_LAMBDA).policy, HAND),
      stationarity: Math.max(...conditions),
      descent: largest(soc.at(-1)!.policy, policy),
      descentOfSft: largest(sft.at(-1)!.policy, policy),
      smoothingIsSoc: Math.max(...soc.map((point, i) => largest(point.policy, smoothing[i]!.policy))),
      sftIsSoc: Math.max(...soc.map((point, i) => largest(point.policy, sft[i]!.policy))),
      shift: shiftLoss('soc', lambda, random),
      shiftOfSmoothing: shiftLoss('smoothing', lambda, random),
    },
    series: {
      step: soc.map((_, i) => i + 1).filter((_, i) => i % Math.ceil(steps / 50) === 0),
      topSoc: every(soc),
      topSft: every(sft),
      topLimit: every(soc).map(() => policy[0]!),
    },
  };
}
