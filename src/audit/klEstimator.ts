// Rules about one estimator of KL as a loss: what it does where it is declared, and whether it was trained where another one is.
import type { KlEstimator } from '../objectives/index.ts';
import { formContest } from './formContest.ts';
import {
  estimatorOf,
  KL_ALTERNATIVES,
  noPenaltyInLoss,
  penaltyGap,
  withEstimator,
  withoutPenalty,
} from './klTerms.ts';
import { reweigh } from './reweigh.ts';
import type { Evidence, Need, Severity, Watch } from './rule.ts';
import type { Setting } from './setting.ts';
import { SpanList } from './spans.ts';
import type { TokenView } from './tokenView.ts';

/** Why a rule about an estimator says nothing. */
export function noEstimator(setting: Setting): string | undefined {
  if (estimatorOf(setting) === undefined) return 'the objective has no choice of an estimator of KL';
  return noPenaltyInLoss(setting);
}

/** The estimator whose slope the declared one has; k3Corrected has that of k2. */
function declaredSlope(setting: Setting): KlEstimator | undefined {
  const estimator = estimatorOf(setting);
  return estimator === 'k3Corrected' ? 'k2' : estimator;
}

/** What a rule about an estimator needs: what a declared one does follows from the formula, another one shows in logged weights. */
export function neededFor(setting: Setting, estimator: KlEstimator): readonly Need[] {
  return declaredSlope(setting) === estimator ? [] : ['weights'];
}

/** What the declared estimator does to the tokens of an input. */
export interface Declared {
  /** How many tokens it weighs, and on how many its slope is on the far side of the slope of k2 by a factor of 2. */
  readonly tokens: number;
  readonly saturated: number;
  readonly exploded: number;
  /** Its share of Σ|w|, and Σ|w_KL| beside that of k2; the largest |w_KL| beside that of k2 on the same token. */
  readonly shareOfWeight: number;
  /** Left out where the policy is the reference. */
  readonly besideK2?: number;
  readonly largest: number;
}

/** Sums up what the penalty does. */
class Effect {
  private readonly places = new SpanList();
  private tokens = 0;
  private saturated = 0;
  private exploded = 0;
  private policy = 0;
  private kl = 0;
  private k2 = 0;
  private largest = 0;

  add(view: TokenView, setting: Setting): void {
    const kl = view.terms?.kl;
    const k2 = reweigh(view, setting, { options: { klEstimator: 'k2' } })?.kl;
    if (view.terms === undefined || kl === undefined || k2 === undefined) return;
    const gap = penaltyGap(view, setting);
    if (gap === undefined) return;
    const before = this.tokens;
    for (const [t, w] of kl.entries()) {
      if (view.trajectory.mask[t] !== 1 || !Number.isFinite(gap[t])) continue;
      this.tokens++;
      this.policy += Math.abs(view.terms.policy[t]!);
      this.kl += Math.abs(w);
      this.k2 += Math.abs(k2[t]!);
      const ratio = k2[t] === 0 ? Number.NaN : w / k2[t]!;
      if (ratio < 0.5) this.saturated++;
      if (ratio > 2) this.exploded++;
      this.largest = Math.max(this.largest, ratio || 0);
    }
    if (this.tokens > before) this.places.add(view.trajectory);
  }

  get spans(): Evidence['spans'] {
    return this.places.spans;
  }

  get numbers(): Declared {
    const { tokens, saturated, exploded, policy, kl, k2, largest } = this;
    return {
      tokens,
      saturated,
      exploded,
      shareOfWeight: kl / (kl + policy),
      ...(k2 === 0 ? {} : { besideK2: kl / k2 }),
      largest,
    };
  }
}

/** What a rule says of its estimator. */
export interface EstimatorRule {
  readonly estimator: KlEstimator;
  readonly severityWhereDeclared: Severity;
  messageWhereDeclared(effect: Declared): string;
  readonly severityWhereTrained: Severity;
  readonly messageWhereTrained: string;
}

/** A rule about an estimator at work. */
export function watchEstimator(setting: Setting, rule: EstimatorRule): Watch {
  if (declaredSlope(setting) !== rule.estimator) {
    return formContest(setting, {
      tried: KL_ALTERNATIVES,
      severity: rule.severityWhereTrained,
      message: rule.messageWhereTrained,
      form: (view) => withEstimator(view, setting, rule.estimator),
      ...(rule.estimator === 'k1' ? { rival: withoutPenalty } : {}),
    });
  }
  const effect = new Effect();
  return {
    second: (view) => effect.add(view, setting),
    judge() {
      const { spans, numbers } = effect;
      // Where the policy is the reference, an estimator other than k1 does nothing.
      if (spans.length === 0 || (numbers.besideK2 === undefined && rule.estimator !== 'k1')) return [];
      return [
        {
          severity: rule.severityWhereDeclared,
          message: rule.messageWhereDeclared(numbers),
          evidence: { ...numbers },
          threshold: 0,
          spans,
        },
      ];
    },
  };
}
