// A seeded family of policies through the given one, with few parameters shared by both roles, and the bound that its
// finite differences are judged by.
import { centralStep } from '../attribution/finiteDifference.ts';
import type { SharedFamily } from '../attribution/twoCopy.ts';
import { randomStream } from '../base/random.ts';
import type { Setting } from './setting.ts';
import type { Tolerance } from './tolerance.ts';

/** Parameters shared by both roles. One would hide a wrong direction; the smallest policy has two decision histories, so that more
 * than two would leave its decision Fisher matrix (C6) singular. */
const PARAMETERS = 2;

/** logits + features·θ with features uniform in [−½, ½]: along each parameter a logit moves at most by ½. */
export function sharedFamily({ model, graph }: Setting, seed: number): SharedFamily {
  const random = randomStream(seed, 'features');
  const features = Float64Array.from({ length: graph.slots * PARAMETERS }, () => random.uniform() - 0.5);
  return { graph, table: model.logits, features, parameters: PARAMETERS };
}

/**
 * Step and tolerance for central differences of E[R] along one feature. With L = log π(τ) of T tokens and features of
 * range 1: |L′| ≤ T, |L″| ≤ T/4, |L‴| ≤ T/10, and p‴ = p·(L′³ + 3L′L″ + L‴); a constant added to R changes nothing, so
 * |J‴| ≤ ½(R_max − R_min)·(T³ + ¾T² + T/10).
 */
export function differenceBound(setting: Setting): {
  step: number;
  tolerance: Tolerance;
} {
  const { graph, reward, rewardSize } = setting;
  const tokens = graph.layers.length;
  const low = reward.reduce((a, b) => Math.min(a, b));
  const high = reward.reduce((a, b) => Math.max(a, b));
  const third = ((high - low) / 2) * (tokens ** 3 + 0.75 * tokens ** 2 + tokens / 10);
  const value = setting.rounding(rewardSize, 'max |R|').value;
  const { step, error } = centralStep(third, value);
  const bound = `central differences: h²/6·|J‴| + rounding/h at h = ${step.toExponential(1)}`;
  return { step, tolerance: { value: error, bound } };
}
