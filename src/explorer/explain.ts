// How the weight of one token comes about: its formula, with this token's numbers in it.
import { batchOfOne } from '../audit/tokenBatch.ts';
import { klSlope } from '../objectives/kl.ts';
import { tokenShares } from '../objectives/loss/aggregation.ts';
import { isUpdated } from '../objectives/loss/tracked.ts';
import { attemptsOf } from '../rollouts/labels/attempts.ts';
import { advantageStep } from './explainAdvantage.ts';
import { coefficientStep } from './explainCoefficient.ts';
import type { ExplainedStep, ExplainedToken } from './explained.ts';
import { factorStep } from './explainFactor.ts';
import { numberText as show } from './numberText.ts';
import type { Weighed, Weighing } from './weigh.ts';

/** A token's weight, explained. */
export interface Explanation {
  readonly value: number;
  /** w_t in symbols, and with numbers. */
  readonly formula: string;
  readonly numbers: string;
  readonly steps: readonly ExplainedStep[];
}

/** The slopes of the estimators of the KL in δ_t. */
const SLOPES = { k1: '1', k2: 'δ_t', k3: '1 − e^(−δ_t)', k3Corrected: 'δ_t' } as const;
const ESTIMATORS = ['k1', 'k2', 'k3', 'k3Corrected'] as const;

/** Numbers in a product: negative ones stand in brackets. */
const factor = (x: number): string => (x < 0 ? `(${show(x)})` : show(x));

/** A weight of 0 that has a reason of its own. */
function zero(reason: string): Explanation {
  return { value: 0, formula: 'w_t = 0', numbers: reason, steps: [] };
}

function advantageAt(
  { weighing, weighed, objective }: Pick<ExplainedToken, 'weighing' | 'weighed' | 'objective'>,
  i: number,
  t: number,
) {
  const own = weighed.advantage[i]!;
  const { advantage } = weighing.trajectories[i]!;
  const logged = typeof advantage === 'object' ? advantage[t]! : (advantage ?? Number.NaN);
  const isLogged =
    !objective.imitates && Number.isFinite(logged) && (weighed.prefers === 'logged' || !Number.isFinite(own));
  return { advantage: isLogged ? logged : own, isLogged };
}

/** How far a formula may be from the number that the objective gives, relative to the larger of it and 1. */
const SAME = 1e-9;

/** The penalty of a token: β·a_t·k′_t, and the steps to it. A formula stands there only if it gives the number of the objective. */
function penalty(
  { batch, t, i, options, weighed, weighing }: ExplainedToken,
  coefficient: number,
): { value: number; steps: ExplainedStep[] } | undefined {
  const { beta, klPlacement, klEstimator, klWeight } = options;
  if (typeof beta !== 'number' || weighed.kl === undefined || klPlacement !== 'loss') return undefined;
  const estimator = ESTIMATORS.find((name) => name === klEstimator) ?? 'k1';
  const delta = batch.logProb[t]! - batch.refLogProb[t]!;
  const share = tokenShares(klWeight === 'segment' ? 'segment' : 'token', batch)[t]!;
  const value = coefficient === 0 ? 0 : -weighed.kl[weighing.offset(i) + t]! / coefficient;
  const slope = klSlope(estimator, delta);
  const isSame = Math.abs(beta * share * slope - value) <= SAME * Math.max(1, Math.abs(value));
  const meaning = `slope of the estimator ${estimator}`;
  const steps: ExplainedStep[] = [
    { symbol: 'β', meaning: 'coefficient of the KL penalty', value: beta },
    isSame
      ? {
          symbol: 'k′_t',
          meaning: `${meaning} in δ_t = log π_t − log π_ref,t`,
          formula: SLOPES[estimator],
          numbers: `δ_t = ${show(batch.logProb[t]!)} − ${factor(batch.refLogProb[t]!)} = ${show(delta)}`,
          value: slope,
        }
      : { symbol: 'k′_t', meaning, value: value / (beta * share) },
  ];
  if (klWeight === 'segment')
    steps.push({ symbol: 'a_t', meaning: 'share of the token in its segment', value: share });
  return { value, steps };
}

/**
 * Explains the weight of a token under an objective. The numbers of its steps give the weight again but for rounding.
 * @param i the trajectory
 * @param t the token within it
 */
export function explain(weighing: Weighing, weighed: Weighed, i: number, t: number): Explanation {
  const trajectory = weighing.trajectories[i]!;
  if (weighed.choice === undefined)
    return {
      value: weighed.total[weighing.offset(i) + t]!,
      formula: 'w_t',
      numbers: 'as the audit computed it',
      steps: [],
    };
  const { objective, options } = weighed.choice;
  const reward = Number.isFinite(trajectory.reward) ? trajectory.reward! : 0;
  const batch = batchOfOne(trajectory, attemptsOf(trajectory), 0, reward, []);
  const at = weighing.offset(i) + t;
  const value = weighed.total[at]!;
  if (batch.mask[t] === 0) return zero('m_t = 0: the token takes no part in the loss');
  const { update } = options;
  if ((update === 'sample' || update === 'decision') && !isUpdated(batch.component[t]!, update))
    return zero(`update = ${update}: only tokens of that component carry gradient`);
  const { advantage, isLogged } = advantageAt({ weighing, weighed, objective }, i, t);
  const token: ExplainedToken = { weighing, weighed, objective, options, i, t, batch, advantage, isLogged };
  if (Number.isNaN(value))
    return {
      value,
      formula: 'w_t is not known',
      numbers: 'the advantage of this trajectory cannot be computed',
      steps: [],
    };
  const c = coefficientStep(token);
  const a = advantageStep(token);
  const f = factorStep(token, c.value);
  const kl = penalty(token, c.value);
  const { imitates } = objective;
  const gain = imitates ? f.symbol : f.symbol === '1' ? a.symbol : `${f.symbol}·${a.symbol}`;
  const gainNumbers = imitates
    ? factor(f.value)
    : f.symbol === '1'
      ? factor(a.value)
      : `${factor(f.value)}·${factor(a.value)}`;
  const share = options.klWeight === 'segment' ? '·a_t' : '';
  return {
    value,
    formula: kl === undefined ? `w_t = c_i·${gain}` : `w_t = c_i·(${gain} − β${share}·k′_t)`,
    numbers:
      kl === undefined
        ? `${show(c.value)}·${gainNumbers} = ${show(value)}`
        : `${show(c.value)}·(${gainNumbers} − ${factor(kl.value)}) = ${show(value)}`,
    steps: [c, ...(imitates ? [] : [a]), ...(f.symbol === '1' ? [] : [f]), ...(kl?.steps ?? [])],
  };
}
