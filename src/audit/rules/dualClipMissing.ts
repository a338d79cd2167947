// dual-clip-missing: a ratio far above 1 with a negative advantage carries a weight without bound.
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { formContest } from '../formContest.ts';
import { logRatios } from '../ratios.ts';
import { klForm, reweigh, termList } from '../reweigh.ts';
import type { Rule, Watch } from '../rule.ts';
import { optionOf } from '../setting.ts';
import { SpanList } from '../spans.ts';
import { percent, short } from '../words.ts';

/** The bound of the paper, where none is declared. */
const USUAL = 3;

/** Where no dual clip is declared: what the weights beyond the usual one add up to. */
function watchUnbounded(): Watch {
  const places = new SpanList();
  let [size, total, largest] = [0, 0, 0];
  return {
    second({ trajectory, terms }) {
      const ratios = logRatios(trajectory);
      if (ratios === undefined || terms === undefined) return;
      for (const [t, w] of terms.policy.entries()) {
        total += Math.abs(w);
        // A ratio above the upper clip has weight only where the advantage is negative.
        if (!(ratios[t]! > Math.log(USUAL) && w < 0)) continue;
        size += Math.abs(w);
        largest = Math.max(largest, Math.exp(ratios[t]!));
        places.add(trajectory, t, t + 1);
      }
    },
    judge() {
      if (places.count === 0) return [];
      return [
        {
          severity: 'info',
          message: `no dual clip is declared: ${places.count} tokens with a negative advantage and a ratio above ${USUAL} carry ${percent(size / total)} of Σ|w|; the largest ratio is ${short(largest)}`,
          evidence: { tokens: places.count, shareOfWeight: size / total, largestRatio: largest },
          threshold: USUAL,
          spans: places.spans,
        },
      ];
    },
  };
}

/** The rule. */
export const dualClipMissing: Rule = {
  code: 'dual-clip-missing',
  severity: 'warning',
  sentence:
    'Tokens with a negative advantage and a large ratio carry weight, though the dual clip should cut them.',
  signature:
    'A < 0, r > c and w ≠ 0: the logged weights are those without the dual clip c that the objective declares. Where it declares none, an info if r > 3 occurs with A < 0.',
  formula: String.raw`A<0,\; r_t>c:\quad w_t = 0 \quad\text{instead of}\quad c_iA_ir_t`,
  advice: 'Pass the bound c of the dual clip to the loss; 3 is usual.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  material:
    'Where no bound is declared, that of the paper: from r = 3 on a token with A < 0 weighs three times what it would on policy.',
  source: 'slime#2247, arXiv 1912.09729',
  needs: ['logProbs', 'oldLogProbs', 'objective'],
  silent: (setting) =>
    typeof optionOf(setting, 'dualClip') === 'number' ? undefined : 'the objective has no dual clip',
  watch(setting) {
    if (optionOf(setting, 'dualClip') === 0) return watchUnbounded();
    return formContest(setting, {
      tried: 1,
      message: 'the logged weights are those without the declared dual clip',
      form(view) {
        const terms = reweigh(view, setting, { options: { dualClip: 0 } });
        return terms === undefined ? undefined : klForm(view, setting, termList(terms));
      },
    });
  },
};
