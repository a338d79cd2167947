// The slopes of surrogates in log π over any field. A clip, a mask or a cut asks in which region its ratio lies.
import { type Arithmetic, sumOf } from '../../algebra/arithmetic.ts';
import type { OptionsOf } from '../../base/options.ts';
import type { CorrectionOptions } from '../loss/samplerCorrection.ts';
import type { GateOptions } from '../loss/softGate.ts';
import type { ClipOptions, capOption, SequenceOptions } from '../loss/surrogates.ts';
import type { differenceOptions, sequenceMaskOptions } from '../loss/trustRegions.ts';
import { lengthOf, productOf, spreadOver } from './aggregation.ts';
import type { FormulaBatch, FormulaToken, FormulaTrajectory, PerToken } from './formula.ts';

/** d_t of every token from its A_t, such that w_t = c_i·d_t. */
export type Slope<O> = <T>(
  field: Arithmetic<T>,
  batch: FormulaBatch<T>,
  advantage: PerToken<T>,
  options: O,
) => PerToken<T>;

/** One slope per token, from the token and its A_t. */
function byToken<T>(
  batch: FormulaBatch<T>,
  advantage: PerToken<T>,
  f: (token: FormulaToken<T>, a: T, trajectory: FormulaTrajectory<T>) => T,
): PerToken<T> {
  return batch.map((one, i) => one.tokens.map((token, t) => f(token, advantage[i]![t]!, one)));
}

function isPositive<T>(field: Arithmetic<T>, a: T): boolean {
  return field.isAbove(a, field.number(0));
}

/** A·r, or 0 where r is clipped. A ratio that is known to be 1, as on policy, is within all bounds, whatever the sign of A is. */
function clipped<T>(field: Arithmetic<T>, r: T, a: T, { clipLow, clipHigh, dualClip }: ClipOptions): T {
  if (r === field.number(1)) return field.mul(a, r);
  const above = (bound: number): boolean => field.isAbove(r, field.number(bound));
  // 1 + clipHigh and 1 − clipLow as float64 has them: these are the bounds of the program.
  const isCut = isPositive(field, a)
    ? above(1 + clipHigh)
    : field.isAbove(field.number(1 - clipLow), r) || (dualClip > 0 && above(dualClip));
  return isCut ? field.number(0) : field.mul(a, r);
}

/** A. */
export const scoreSlope: Slope<unknown> = (_field, _batch, advantage) => advantage;

/** A·clip(r_t). */
export const clippedTokenSlope: Slope<ClipOptions> = (field, batch, advantage, options) =>
  byToken(batch, advantage, ({ ratio }, a) => clipped(field, ratio, a, options));

/** A·min(max(r_t, 1 − clipLow), 1 + clipHigh). */
export const cappedTokenSlope: Slope<OptionsOf<typeof capOption>> = (field, batch, advantage, options) => {
  const low = field.number(1 - options.clipLow);
  const high = field.number(1 + options.clipHigh);
  return byToken(batch, advantage, ({ ratio }, a) => {
    const cut = field.isAbove(low, ratio) ? low : ratio;
    return field.mul(a, field.isAbove(cut, high) ? high : cut);
  });
};

function maskedIn<T>({ tokens }: FormulaTrajectory<T>): readonly FormulaToken<T>[] {
  return tokens.filter((token) => token.mask);
}

/** s_i: the geometric mean or the product of the ratios of masked-in tokens. */
function sequenceRatio<T>(
  field: Arithmetic<T>,
  trajectory: FormulaTrajectory<T>,
  kind: SequenceOptions['sequenceRatio'],
): T {
  const ratios = maskedIn(trajectory).map(({ ratio }) => ratio);
  if (kind === 'product') return productOf(field, ratios);
  if (ratios.length === 0) return field.number(1);
  const sum = sumOf(field, ratios.map(field.log));
  return field.exp(field.div(sum, field.number(ratios.length)));
}

/** A·clip(s_i), times L_i where s_i is the product. */
export const clippedSequenceSlope: Slope<SequenceOptions> = (field, batch, advantage, options) => {
  const kind = options.sequenceRatio;
  const ratio = spreadOver(
    batch,
    batch.map((one) => sequenceRatio(field, one, kind)),
  );
  return batch.map((one, i) => {
    const factor = field.number(kind === 'product' ? lengthOf(one) : 1);
    return one.tokens.map((_, t) =>
      field.mul(factor, clipped(field, ratio[i]![t]!, advantage[i]![t]!, options)),
    );
  });
};

/** τ_A·A·r_t, or 0 where the probability has moved too far to the side to which A pushes. */
export const differenceSlope: Slope<OptionsOf<typeof differenceOptions>> = (
  field,
  batch,
  advantage,
  options,
) =>
  byToken(batch, advantage, ({ prob, ratio }, a) => {
    const moved = field.sub(prob, field.div(prob, ratio));
    const isBeyond = isPositive(field, a)
      ? field.isAbove(moved, field.number(options.differenceHigh))
      : field.isAbove(field.number(-options.differenceLow), moved);
    return isBeyond ? field.number(0) : field.mul(field.number(options.advantageScale), field.mul(a, ratio));
  });

/** A·clip(r_t), but 0 on sequences with A < 0 whose mean of log π_sampler − log π is above the threshold. */
export const maskedSequenceSlope: Slope<ClipOptions & OptionsOf<typeof sequenceMaskOptions>> = (
  field,
  batch,
  advantage,
  options,
) => {
  const distance = batch.map((one) => {
    const logs = maskedIn(one).map(({ ratio, samplerRatio }) => field.log(field.mul(ratio, samplerRatio)));
    const mean = field.div(sumOf(field, logs), field.number(Math.max(1, logs.length)));
    return field.sub(field.number(0), mean);
  });
  const isFar = distance.map((one) => field.isAbove(one, field.number(options.offPolicyThreshold)));
  return batch.map((one, i) =>
    one.tokens.map(({ ratio }, t) => {
      const a = advantage[i]![t]!;
      const isDropped = isFar[i]! && field.isAbove(field.number(0), a);
      return isDropped ? field.number(0) : clipped(field, ratio, a, options);
    }),
  );
};

/** 4·σ(1 − σ)·r_t·A at σ = σ(τ(r_t − 1)), τ by the sign of A. */
export const softGateSlope: Slope<GateOptions> = (field, batch, advantage, { gatePositive, gateNegative }) =>
  byToken(batch, advantage, ({ ratio }, a) => {
    const one = field.number(1);
    const tau = field.number(isPositive(field, a) ? gatePositive : gateNegative);
    const tail = field.exp(field.mul(tau, field.sub(one, ratio)));
    const sum = field.add(one, tail);
    const gate = field.div(field.mul(field.number(4), tail), field.mul(sum, sum));
    return field.mul(field.mul(gate, ratio), a);
  });

/** A_i times a function of ρ_t, or of its product over the trajectory. */
function corrected<T>(
  field: Arithmetic<T>,
  batch: FormulaBatch<T>,
  advantage: readonly T[],
  level: CorrectionOptions['samplerLevel'],
  f: (ratio: T) => T,
): PerToken<T> {
  return batch.map((one, i) => {
    const ratios = maskedIn(one).map(({ samplerRatio }) => samplerRatio);
    const product = level === 'sequence' ? productOf(field, ratios) : undefined;
    return one.tokens.map(({ samplerRatio }) => field.mul(advantage[i]!, f(product ?? samplerRatio)));
  });
}

/** A_i·min(max(ρ_t, low), high). */
export function truncatedAdvantageOver<T>(
  field: Arithmetic<T>,
  batch: FormulaBatch<T>,
  advantage: readonly T[],
  { samplerLow, samplerHigh, samplerLevel }: CorrectionOptions,
): PerToken<T> {
  const [low, high] = [field.number(samplerLow), field.number(samplerHigh)];
  return corrected(field, batch, advantage, samplerLevel, (ratio) => {
    const cut = field.isAbove(low, ratio) ? low : ratio;
    return field.isAbove(cut, high) ? high : cut;
  });
}

/** A_i·ρ_t, but 0 where ρ_t is beyond its bounds. */
export function maskedAdvantageOver<T>(
  field: Arithmetic<T>,
  batch: FormulaBatch<T>,
  advantage: readonly T[],
  { samplerLow, samplerHigh, samplerLevel }: CorrectionOptions,
): PerToken<T> {
  return corrected(field, batch, advantage, samplerLevel, (ratio) => {
    const isBeyond =
      field.isAbove(field.number(samplerLow), ratio) || field.isAbove(ratio, field.number(samplerHigh));
    return isBeyond ? field.number(0) : ratio;
  });
}
