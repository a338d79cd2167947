// Weights that hold the advantage twice, because it was passed where the mask belongs.
import { divisorEvidence, divisorRule, severityOf } from '../divisorRule.ts';
import { explanationOf } from '../divisors.ts';
import { type LoggedScales, loggedScalesOf } from '../loggedScales.ts';
import type { Evidence, Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

const byProportions = divisorRule({
  code: 'mask-is-advantage',
  severity: 'error',
  sentence:
    'The advantage is passed as the mask: weights hold it twice, failures are pushed up, and Σ A = 0 as a divisor gives NaN.',
  signature:
    'Logged weights are proportional to the square of the advantage, or none of a group that has advantages is a number.',
  formula: String.raw`w_t\propto A_i^2\,r_t\big/\textstyle\sum_jA_jL_j`,
  advice: 'Pass the mask where the loss expects the mask; name arguments instead of relying on their order.',
  source: 'verl-tool#128',
});

/** The rule `mask-is-advantage`. */
export const maskIsAdvantage: Rule = {
  ...byProportions,
  watch: (setting) => {
    let scales: LoggedScales;
    const spans = new SpanList();
    let [numbers, missing] = [0, 0];
    const noNumber = (): Evidence[] => [
      {
        message: `None of the ${missing} logged weights is a number, although advantages are not 0.`,
        evidence: { missing, trajectories: spans.count },
        threshold: 0,
        spans: spans.spans,
      },
    ];
    return {
      between(summary) {
        scales = loggedScalesOf(summary);
      },
      second: (view) => {
        scales.add(view);
        const { trajectory, weights } = view;
        if (trajectory.weights === undefined || weights === undefined) return;
        const lost = new Set(
          trajectory.nan?.filter(({ field }) => field === 'weights').map(({ token }) => token),
        );
        let here = 0;
        for (const [t, w] of weights.entries()) {
          if (w === 0) continue;
          if (Number.isFinite(trajectory.weights[t])) numbers++;
          else if (lost.has(t)) here++;
        }
        missing += here;
        if (here > 0) spans.add(trajectory);
      },
      judge: (summary) => {
        if (numbers === 0 && missing > 0) return noNumber();
        const found = explanationOf(summary, scales, setting);
        if (found?.alternative.code !== 'mask-is-advantage') return [];
        return [{ ...divisorEvidence(summary, found), severity: severityOf('error', setting) }];
      },
    };
  },
};
