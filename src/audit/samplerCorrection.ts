// What rules about the correction for the sampler have in common: which objectives have one, and what is left without it.
import type { TermWeights } from '../objectives/objective.ts';
import type { Form } from './alternatives.ts';
import { klForm, reweigh, termList } from './reweigh.ts';
import { optionOf, type Setting } from './setting.ts';
import type { TokenView } from './tokenView.ts';

/** Alternatives that rules try for one correction: none, that of whole sequences, and one that also multiplies the penalty. */
export const CORRECTIONS_TRIED = 3;

/** The level of the declared correction; undefined if the objective has none. */
export function correctionLevel(setting: Setting): 'token' | 'sequence' | undefined {
  const level = optionOf(setting, 'samplerLevel');
  return level === 'token' || level === 'sequence' ? level : undefined;
}

/** The weights by term if sampler and old policy said the same of every token, so that their ratio is 1. */
export function uncorrectedTerms(view: TokenView, setting: Setting, options = {}): TermWeights | undefined {
  return reweigh(view, setting, {
    options,
    batch: ({ oldLogProb }) => ({ samplerLogProb: oldLogProb }),
  });
}

/** The same as a form. */
export function uncorrected(view: TokenView, setting: Setting): Form | undefined {
  const terms = uncorrectedTerms(view, setting);
  return terms === undefined ? undefined : klForm(view, setting, termList(terms));
}

/** The weights if the correction were that of the product over the sequence. */
export function correctedBySequence(view: TokenView, setting: Setting): Form | undefined {
  const terms = reweigh(view, setting, { options: { samplerLevel: 'sequence' } });
  return terms === undefined ? undefined : klForm(view, setting, termList(terms));
}

/** Σ over tokens with mask 1 of log π_old − log π_sampler; NaN where no token has both. */
export function logRatioOfSequence({ trajectory }: TokenView): number {
  const { oldLogProbs, logProbs, samplerLogProbs, mask, length } = trajectory;
  const old = oldLogProbs ?? logProbs;
  let [sum, count] = [0, 0];
  for (let t = 0; t < length; t++) {
    const d = (old?.[t] ?? Number.NaN) - (samplerLogProbs?.[t] ?? Number.NaN);
    if (mask[t] !== 1 || !Number.isFinite(d)) continue;
    sum += d;
    count++;
  }
  return count === 0 ? Number.NaN : sum;
}
