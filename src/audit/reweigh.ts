// The weights of a trajectory under the declared objective with something about it changed: other options, or other log-probs.
import type { Options } from '../base/options.ts';
import { OverflowError, type TokenBatch } from '../objectives/index.ts';
import type { TermWeights } from '../objectives/objective.ts';
import { type Form, formOf } from './alternatives.ts';
import { atTokenAdvantages } from './reference.ts';
import { optionOf, type Setting } from './setting.ts';
import { batchOfOne } from './tokenBatch.ts';
import type { TokenView } from './tokenView.ts';

/** What is changed. */
export interface Change {
  readonly options?: Options;
  readonly batch?: (batch: TokenBatch) => Partial<TokenBatch>;
}

/** The weights after a change, [T] by term; undefined where those of the declared objective are not known, or out of range. */
export function reweigh(view: TokenView, { chosen }: Setting, change: Change): TermWeights | undefined {
  const { trajectory, attempt, coefficient, advantage: own } = view;
  const parts = chosen?.objective.parts;
  if (chosen === undefined || parts === undefined || view.weights === undefined) return undefined;
  const given = batchOfOne(trajectory, attempt, 0, 0, []);
  const batch = { ...given, ...change.batch?.(given) };
  const options = { ...chosen.options, ...change.options };
  const at = (advantage: number): TermWeights =>
    parts.weights(
      batch,
      { advantage: Float64Array.of(advantage), coefficient: Float64Array.of(coefficient) },
      options,
    );
  const logged = chosen.objective.imitates ? undefined : trajectory.advantage;
  try {
    if (logged instanceof Float64Array) return atTokenAdvantages(at, logged);
    return at(logged === undefined || Number.isNaN(logged) ? own : logged);
  } catch (error) {
    if (error instanceof OverflowError) return undefined;
    throw error;
  }
}

/** [T] c_i·β·a_t with the sign of a penalty: the slope of k1, and what the roundings of any estimator's slope are relative to. */
function unitOfKl(view: TokenView, setting: Setting): Float64Array | undefined {
  return reweigh(view, setting, { options: { klEstimator: 'k1' } })?.kl;
}

/** A form whose rounding is also relative to the unit of the penalty. */
function withUnit({ weights, size }: Form, unit: Float64Array | undefined): Form {
  return unit === undefined
    ? { weights, size }
    : { weights, size: size.map((s, t) => s + Math.abs(unit[t]!)) };
}

/** The form of these terms, if the objective has an option klEstimator with room for rounding of the penalty's slope. */
export function klForm(view: TokenView, setting: Setting, terms: readonly Float64Array[]): Form {
  const unit = optionOf(setting, 'klEstimator') === undefined ? undefined : unitOfKl(view, setting);
  return withUnit(formOf(...terms), unit);
}

/** The terms of the weights as a list. */
export function termList({ policy, kl }: TermWeights): readonly Float64Array[] {
  return kl === undefined ? [policy] : [policy, kl];
}
