// clip-never: no ratio leaves the range of the clip, so the clip never acts.
import { clipBounds, logRatios, maskedSum, sequenceRatio } from '../ratios.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';
import { short } from '../words.ts';

/** From here on the range is that of token ratios. */
const RANGE_OF_TOKENS = 0.1;

/** The rule. */
export const clipNever: Rule = {
  code: 'clip-never',
  severity: 'info',
  sentence: 'No ratio leaves the range of the clip: the objective is the unclipped one.',
  signature:
    'All ratios π/π_old lie within the clip; on policy they are all 1. A warning where one ratio a sequence is clipped at ε ≥ 0.1, as is usual for ratios of tokens.',
  formula: String.raw`\log s_i = \frac1{L_i}\sum_t\log r_t \approx \frac{\sigma}{\sqrt{L_i}}`,
  advice:
    'On policy nothing. For sequence ratios take the ε of the paper, 3e-4 and 4e-4; for token ratios check that old log-probs are those of the start of the step.',
  threshold: 'One ratio beyond the clip is enough for silence. No chance is involved: it is a count.',
  rate: 0,
  material:
    'ε from 0.1 on, the size for ratios of tokens (papers take 0.1 to 0.3, and below 10⁻³ for ratios of sequences): a mean over a sequence moves √L times less, so that such a clip never acts.',
  source: 'trl#3452',
  needs: ['logProbs', 'oldLogProbs', 'objective'],
  silent: (setting) => (clipBounds(setting) === undefined ? 'the objective has no clip' : undefined),
  watch(setting) {
    const { low, high } = clipBounds(setting) ?? { low: 0, high: Number.POSITIVE_INFINITY };
    const bySequence = sequenceRatio(setting);
    // Far below the ratios of tokens lies only their geometric mean.
    const isMean = bySequence === 'mean';
    const places = new SpanList();
    let [ratios, beyond, least, most] = [0, 0, Number.POSITIVE_INFINITY, 0];
    const see = (logRatio: number): void => {
      const ratio = Math.exp(logRatio);
      ratios++;
      if (ratio < low || ratio > high) beyond++;
      least = Math.min(least, ratio);
      most = Math.max(most, ratio);
    };
    return {
      second({ trajectory }) {
        const all = logRatios(trajectory);
        if (all === undefined) return;
        const { sum, count } = maskedSum(all, trajectory.mask);
        if (count === 0) return;
        places.add(trajectory);
        if (bySequence !== undefined) return see(isMean ? sum / count : sum);
        for (const [t, x] of all.entries()) if (trajectory.mask[t] === 1 && Number.isFinite(x)) see(x);
      },
      judge() {
        if (ratios === 0 || beyond > 0) return [];
        const onPolicy = least === 1 && most === 1;
        const isWide = isMean && !onPolicy && high - 1 >= RANGE_OF_TOKENS;
        const what = bySequence !== undefined ? 'sequence ratios' : 'token ratios';
        const [from, to] = [short(least), short(most)];
        const rangeText =
          from === to
            ? `differ from 1 by at most ${short(Math.max(Math.abs(least - 1), Math.abs(most - 1)))}`
            : `lie between ${from} and ${to}`;
        const message = onPolicy
          ? `all ${ratios} ${what} are 1: on policy the clip never acts`
          : `${ratios} ${what} ${rangeText}, none beyond the clip from ${short(low)} to ${short(high)}`;
        return [
          {
            severity: isWide ? 'warning' : 'info',
            message,
            evidence: { ratios, beyond, least, most, low, high, onPolicy },
            threshold: 0,
            spans: places.spans,
          },
        ];
      },
    };
  },
};
