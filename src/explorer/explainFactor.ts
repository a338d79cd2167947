// What stands before the advantage: the ratio of the token or of its sequence, a clip, a gate, a correction, a mask.
import { sequenceLogRatios } from '../objectives/loss/surrogates.ts';
import type { ExplainedStep, ExplainedToken } from './explained.ts';
import { numberText as show } from './numberText.ts';

/** How far a formula may be from the number that the objective gives, relative to the larger of it and 1. */
const SAME = 1e-9;

/** Numbers behind a minus sign: negative ones stand in brackets. */
const term = (x: number): string => (x < 0 ? `(${show(x)})` : show(x));

/** A ratio with its clip: 0 where the advantage pushes it further than it may go. */
function clipped(ratio: number, symbol: string, token: ExplainedToken): { value: number; note: string } {
  const { options, advantage } = token;
  const number = (name: string): number => (typeof options[name] === 'number' ? options[name] : Number.NaN);
  const [low, high, dual] = [number('clipLow'), number('clipHigh'), number('dualClip')];
  if (advantage > 0 && ratio > 1 + high)
    return { value: 0, note: `clipped: ${symbol} > 1 + clipHigh = ${show(1 + high)} and A_i > 0` };
  if (advantage < 0 && ratio < 1 - low)
    return { value: 0, note: `clipped: ${symbol} < 1 − clipLow = ${show(1 - low)} and A_i < 0` };
  if (advantage < 0 && dual > 0 && ratio > dual)
    return { value: 0, note: `clipped: ${symbol} > dualClip = ${show(dual)} and A_i < 0` };
  return { value: ratio, note: Number.isNaN(high) ? '' : 'within the clip' };
}

/** The factor as formulas say; undefined where none here does. */
function known(token: ExplainedToken): ExplainedStep | undefined {
  const { options, batch, t, advantage } = token;
  const name = token.objective.name.split('@')[0];
  const logRatio = batch.logProb[t]! - batch.oldLogProb[t]!;
  const ratio = Math.exp(logRatio);
  const ofToken = {
    formula: 'e^(log π_t − log π_old,t)',
    numbers: `e^(${show(batch.logProb[t]!)} − ${term(batch.oldLogProb[t]!)}) = ${show(ratio)}`,
  };
  if ('sequenceRatio' in options) {
    const s = Math.exp(
      sequenceLogRatios(batch, options.sequenceRatio === 'product' ? 'product' : 'mean')[0]!,
    );
    const length = batch.mask.reduce((sum, m) => sum + m, 0);
    const { value, note } = clipped(s, 's_i', token);
    const isProduct = options.sequenceRatio === 'product';
    return {
      symbol: isProduct ? 'L_i·s_i' : 's_i',
      meaning: `ratio of the sequence, ${note}`,
      formula: isProduct ? 'L_i·∏ r_t' : '(∏ r_t)^(1/L_i)',
      numbers: `s_i = ${show(s)}, L_i = ${length}`,
      value: isProduct ? length * value : value,
    };
  }
  if (name === 'cispo' && typeof options.clipHigh === 'number' && typeof options.clipLow === 'number') {
    const value = Math.min(Math.max(ratio, 1 - options.clipLow), 1 + options.clipHigh);
    return { symbol: 'r̂_t', meaning: 'ratio of the token, cut and held constant', ...ofToken, value };
  }
  if (typeof options.gatePositive === 'number' && typeof options.gateNegative === 'number') {
    const tau = advantage > 0 ? options.gatePositive : options.gateNegative;
    const s = 1 / (1 + Math.exp(-tau * (ratio - 1)));
    return {
      symbol: 'g_t',
      meaning: `soft gate at the ratio r_t, τ = ${show(tau)}`,
      formula: '4·σ·(1 − σ)·r_t, σ = σ(τ(r_t − 1))',
      numbers: `r_t = ${show(ratio)}, σ = ${show(s)}`,
      value: 4 * s * (1 - s) * ratio,
    };
  }
  if (!('clipHigh' in options)) return { symbol: '1', meaning: 'no ratio', value: 1 };
  const { value, note } = clipped(ratio, 'r_t', token);
  return { symbol: 'r_t', meaning: `ratio of the token, ${note}`, ...ofToken, value };
}

/**
 * The step that gives the factor of A_i. A formula stands there only if it gives the number that the objective computes.
 * @param coefficient c_i
 */
export function factorStep(token: ExplainedToken, coefficient: number): ExplainedStep {
  const { weighed, weighing, i, t, advantage } = token;
  const policy = weighed.policy[weighing.offset(i) + t]!;
  if (token.objective.imitates)
    return {
      symbol: 'a_t',
      meaning: 'share of the token: 1, or that of its segment',
      value: coefficient === 0 ? 0 : policy / coefficient,
    };
  const way = known(token);
  const scale = coefficient * advantage;
  if (scale === 0) return way ?? { symbol: 'f_t', meaning: 'factor of the surrogate', value: 0 };
  const value = policy / scale;
  if (way !== undefined && Math.abs(way.value - value) <= SAME * Math.max(1, Math.abs(value))) return way;
  return {
    symbol: 'f_t',
    meaning: 'factor of the surrogate: its ratio with every mask and correction',
    value,
  };
}
