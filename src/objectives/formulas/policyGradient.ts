// What the formulas of all policy-gradient objectives have in common: w_t = c_i·m_t·(slope_t − β·a_t·k'_t) over any field.
import { type Arithmetic, sumOf } from '../../algebra/arithmetic.ts';
import type { PenaltyEstimator } from '../kl.ts';
import type { Update } from '../loss/aggregation.ts';
import type { LossOptions } from '../loss/policyGradient.ts';
import type { FormulaNumbers } from './advantages.ts';
import { coefficientsOver, lengthOf, sharesOver, spreadOver } from './aggregation.ts';
import type { FormulaBatch, FormulaToken, FormulaTrajectory, PerToken, WeightFormula } from './formula.ts';
import type { Slope } from './surrogates.ts';

/** What makes the formula of one objective differ from another; see `PolicyGradientParts`. */
export interface FormulaParts<O> {
  /** A_i of every trajectory. */
  advantage<T>(field: Arithmetic<T>, all: FormulaNumbers<T>, options: O): readonly T[];
  /** A_t of every token from those of the trajectories; left out: A_i on every token. */
  tokenAdvantage?<T>(
    field: Arithmetic<T>,
    batch: FormulaBatch<T>,
    ofTrajectory: readonly T[],
    options: O,
  ): PerToken<T>;
  readonly slope: Slope<O>;
  /** A token as this objective sees it; left out: as it is. */
  view?<T>(field: Arithmetic<T>, token: FormulaToken<T>): FormulaToken<T>;
}

/** The estimator k at δ = log q: δ, δ²/2, or 1/q − 1 + δ. */
function klOver<T>(field: Arithmetic<T>, estimator: PenaltyEstimator, q: T): T {
  const delta = field.log(q);
  switch (estimator) {
    case 'k1':
      return delta;
    case 'k2':
      return field.div(field.mul(delta, delta), field.number(2));
    case 'k3':
    case 'k3Corrected':
      return field.add(field.div(field.sub(field.number(1), q), q), delta);
  }
}

/** Its slope ∂k/∂log π: 1, δ, or 1 − 1/q. */
function klSlopeOver<T>(field: Arithmetic<T>, estimator: PenaltyEstimator, q: T): T {
  switch (estimator) {
    case 'k1':
      return field.number(1);
    case 'k2':
    case 'k3Corrected':
      return field.log(q);
    case 'k3':
      return field.div(field.sub(q, field.number(1)), q);
  }
}

/** attemptCost·(attempts − 1). */
function costOf<T>(field: Arithmetic<T>, { tokens }: FormulaTrajectory<T>, { attemptCost }: LossOptions): T {
  const last = tokens.reduce((most, { attempt }) => Math.max(most, attempt), 0);
  return field.mul(field.number(attemptCost), field.number(last));
}

/** What is taken off the reward of every trajectory: the cost of attempts, and the KL penalty if it is placed there. */
function takenOff<T>(field: Arithmetic<T>, batch: FormulaBatch<T>, options: LossOptions): T[] {
  const { beta, klPlacement, klEstimator, klWeight } = options;
  const cost = batch.map((one) => costOf(field, one, options));
  if (klPlacement !== 'reward' || beta === 0) return cost;
  const shares = sharesOver(field, klWeight, batch);
  return batch.map(({ tokens }, i) => {
    const penalties = tokens.map(({ mask, refRatio }, t) =>
      mask ? field.mul(shares[i]![t]!, klOver(field, klEstimator, refRatio)) : field.number(0),
    );
    return field.add(cost[i]!, field.mul(field.number(beta), sumOf(field, penalties)));
  });
}

function numbersOf<T>(field: Arithmetic<T>, batch: FormulaBatch<T>, options: LossOptions): FormulaNumbers<T> {
  const off = takenOff(field, batch, options);
  const base = {
    length: batch.map(lengthOf),
    reward: batch.map(({ reward }, i) => field.sub(reward, off[i]!)),
    group: batch.map(({ group }) => group),
  };
  const functions = batch[0]?.rewards?.length;
  if (functions === undefined) return base;
  const rewards = Array.from({ length: functions }, (_, k) => batch.map((one) => one.rewards![k]!));
  const { attemptCost, beta, klPlacement } = options;
  const isTaken = attemptCost !== 0 || (beta !== 0 && klPlacement === 'reward');
  const last = off.map((x) => field.sub(field.number(0), x));
  return { ...base, rewards: isTaken ? [...rewards, last] : rewards };
}

/** Whether a token carries gradient. */
export function carriesGradient<T>({ mask, component }: FormulaToken<T>, update: Update): boolean {
  return mask && (update === 'both' || update === component);
}

/** The formula of an objective from its parts. */
export function policyGradientFormula<O extends LossOptions>(parts: FormulaParts<O>): WeightFormula<O> {
  return {
    weights<T>(field: Arithmetic<T>, whole: FormulaBatch<T>, options: O) {
      const { beta, klPlacement, klEstimator, klWeight, update } = options;
      const view = (token: FormulaToken<T>): FormulaToken<T> => parts.view?.(field, token) ?? token;
      const batch = whole.map((one) => ({ ...one, tokens: one.tokens.map(view) }));
      const numbers = numbersOf(field, batch, options);
      const c = coefficientsOver(field, options, numbers.length);
      const ofTrajectory = parts.advantage(field, numbers, options);
      const a =
        parts.tokenAdvantage?.(field, batch, ofTrajectory, options) ?? spreadOver(batch, ofTrajectory);
      const slope = parts.slope(field, batch, a, options);
      const shares = sharesOver(field, klWeight, batch);
      const isPenalised = klPlacement === 'loss' && beta > 0;
      return batch.map(({ tokens }, i) =>
        tokens.map((token, t) => {
          if (!carriesGradient(token, update)) return field.number(0);
          if (!isPenalised) return field.mul(c[i]!, slope[i]![t]!);
          const pull = field.mul(shares[i]![t]!, klSlopeOver(field, klEstimator, token.refRatio));
          return field.mul(c[i]!, field.sub(slope[i]![t]!, field.mul(field.number(beta), pull)));
        }),
      );
    },
  };
}
