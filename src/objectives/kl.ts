// The KL penalty: estimators per token, as a term of the loss and inside the reward.
import {
  add,
  expm1MinusX as expm1MinusXTensor,
  mul,
  neg,
  stopGradient,
  sub,
  type Tensor,
} from '../autodiff/index.ts';
import { expm1MinusX, timesExp } from '../base/functions.ts';
import { AT_LEAST_ZERO, choiceOption, numberOption, withDefault } from '../base/options.ts';
import type { TokenBatch } from './batch.ts';
import { tokenShares, type Weighting } from './loss/aggregation.ts';
import { OverflowError } from './overflowError.ts';

/** Names of the estimators. */
export type KlEstimator = 'k1' | 'k2' | 'k3';

/** The same, and k3 times a ratio that is 1 and whose slope is not, so that the gradient is that of the KL. */
export type PenaltyEstimator = KlEstimator | 'k3Corrected';

/** Where the penalty stands: a term of the loss, or taken off the reward. */
export type KlPlacement = 'loss' | 'reward';

/** The penalty on the distance to the reference policy; estimator and place default to those of the objective's paper. */
export function klOptions(estimator: PenaltyEstimator, placement: KlPlacement) {
  return {
    beta: numberOption(0, AT_LEAST_ZERO, 'The coefficient β of the KL penalty.'),
    klEstimator: withDefault(
      choiceOption(
        ['k1', 'k2', 'k3', 'k3Corrected'],
        'The estimator of the KL, per token with δ = log π − log π_ref: k1 δ, k2 δ²/2, k3 e^{−δ} − 1 + δ, k3Corrected ρ·k3 with ρ = π/sg π, whose slope in the loss is δ as that of k2.',
      ),
      estimator,
    ),
    klPlacement: withDefault(
      choiceOption(
        ['loss', 'reward'],
        'loss: β·Σ_t c_i·a_t·k_t is added to the loss; reward: R becomes R − β·Σ_t a_t·k_t, held constant.',
      ),
      placement,
    ),
    klWeight: choiceOption(
      ['token', 'segment'],
      'token: a_t = 1; segment: the sample tokens of an attempt share the weight 1 and its decision has 1, whatever their lengths.',
    ),
  };
}

/**
 * The estimator of a token: k1 = δ, k2 = δ²/2, k3 and k3Corrected = e^{−δ} − 1 + δ at δ = log π(a|h) − log π_ref(a|h). k3 is right to 3 ulp of
 * itself, also near δ = 0, where it is about δ²/2.
 * Source: Schulman, "Approximating KL divergence", 2020 (joschu.net).
 * @example
 * ```ts
 * import { klValue } from 'gradsplit/objectives';
 * klValue('k2', 2); // → 2
 * ```
 */
export function klValue(estimator: PenaltyEstimator, delta: number): number {
  switch (estimator) {
    case 'k1':
      return delta;
    case 'k2':
      return (delta * delta) / 2;
    case 'k3':
    case 'k3Corrected':
      return expm1MinusX(-delta);
  }
}

/**
 * The slope ∂k/∂log π of the estimator: 1 for k1, δ for k2 and k3Corrected, 1 − e^{−δ} for k3. That of ρ·k3 with ρ = π/sg π = 1 is
 * k3 + 1 − e^{−δ} = δ.
 * Source: Schulman, "Approximating KL divergence", 2020 (joschu.net).
 * @example
 * ```ts
 * import { klSlope } from 'gradsplit/objectives';
 * klSlope('k2', 2); // → 2
 * ```
 */
export function klSlope(estimator: PenaltyEstimator, delta: number): number {
  switch (estimator) {
    case 'k1':
      return 1;
    case 'k2':
    case 'k3Corrected':
      return delta;
    case 'k3':
      return -Math.expm1(-delta);
  }
}

/** `klSlope` times e^logScale, which may be a number where the slope alone overflows or e^logScale alone is 0. */
export function scaledKlSlope(estimator: PenaltyEstimator, delta: number, logScale: number): number {
  // The 1 of 1 − e^{−δ} is below half an ulp of it from here on.
  if (estimator === 'k3' && delta < -37) return -Math.exp(logScale - delta);
  return timesExp(klSlope(estimator, delta), logScale);
}

/**
 * The estimator of every token, differentiable in logProb; shapes [T]. Values have the bounds of `klValue`, slopes are right to
 * 1.5 ulp, both for the δ that the type holds. k3Corrected has the value of k3 and the slope δ, which ρ·k3 has but for rounding.
 * Source: Schulman, "Approximating KL divergence", 2020 (joschu.net).
 */
export function klTensor(estimator: PenaltyEstimator, logProb: Tensor, refLogProb: Tensor): Tensor {
  const delta = sub(logProb, refLogProb);
  switch (estimator) {
    case 'k1':
      return delta;
    case 'k2':
      return mul(mul(delta, delta), 0.5);
    case 'k3':
      return expm1MinusXTensor(neg(delta));
    case 'k3Corrected': {
      // Written so that e^{−δ} does not cancel in the slope: sg[k3] plus what is 0 and has the slope δ.
      const held = stopGradient(delta);
      return add(stopGradient(expm1MinusXTensor(neg(held))), mul(held, sub(delta, held)));
    }
  }
}

/**
 * R_i − β·Σ_{t masked in} a_t·k_t, a_t = 1 or 1/|segment of t|, at batch.logProb; [B]. A number, not a function of the parameters: no gradient flows.
 * Source: Schulman, "Approximating KL divergence", 2020 (joschu.net).
 * @param objective who asks, for the message
 * @throws OverflowError naming the token where k3 overflows, which it does below δ = −709
 */
export function klShapedReward(
  batch: TokenBatch,
  beta: number,
  estimator: PenaltyEstimator,
  weighting: Weighting,
  objective = 'klShapedReward',
): Float64Array {
  const { offsets, logProb, refLogProb, mask } = batch;
  const a = tokenShares(weighting, batch);
  return batch.reward.map((reward, i) => {
    let kl = 0;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] === 0) continue;
      const k = klValue(estimator, logProb[t]! - refLogProb[t]!);
      if (k === Number.POSITIVE_INFINITY) {
        throw new OverflowError(
          `${objective}: the KL estimator ${estimator} of token ${t} (trajectory ${i}), inside the reward, is Infinity: log π − log π_ref is ${logProb[t]! - refLogProb[t]!}`,
        );
      }
      kl += a[t]! * k;
    }
    return reward - beta * kl;
  });
}
