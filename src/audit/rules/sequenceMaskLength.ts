// sequence-mask-length: a correction for the sampler by whole sequences cuts trajectories the more often, the longer they are.
import { FALSE_ALARMS } from '../alternatives.ts';
import { Column } from '../column.ts';
import { deviation, spearmanZ } from '../ranks.ts';
import type { Rule } from '../rule.ts';
import { correctionLevel, logRatioOfSequence } from '../samplerCorrection.ts';
import { optionOf } from '../setting.ts';
import { rowSpans } from '../spans.ts';
import { percent, short } from '../words.ts';

/** z beyond which at most FALSE_ALARMS of independent columns lie: P(Z > z) ≤ exp(−z²/2). */
const Z = Math.sqrt(2 * Math.log(1 / FALSE_ALARMS));

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** The rule. */
export const sequenceMaskLength: Rule = {
  code: 'sequence-mask-length',
  severity: 'warning',
  sentence:
    'The correction for the sampler is by the product over the sequence, whose spread grows with length: long trajectories are cut or masked more often than short ones.',
  signature: 'Trajectories whose e^{Σd} is beyond the bounds are longer than the others.',
  formula: String.raw`\operatorname{sd}\Big(\sum_t d_t\Big) \approx \sigma_d\sqrt{L}`,
  advice:
    'Take the geometric mean e^{Σd/L} or a correction by token; or widen the bounds with the square root of the length.',
  threshold:
    "Spearman's rank correlation of being beyond the bounds with length, z > 5.26. Null: independent; then P(Z > z) ≤ exp(−z²/2) = 1e-6. Since z is at most √(n − 1), fewer than 29 never reach it.",
  rate: 1e-6,
  source: 'trl#5814, trl#4891',
  needs: ['samplerLogProbs', ['oldLogProbs', 'logProbs'], 'objective'],
  silent: (setting) =>
    correctionLevel(setting) === 'sequence'
      ? undefined
      : 'the objective has no correction for the sampler by sequence',
  watch(setting) {
    const low = Math.log(Number(optionOf(setting, 'samplerLow')));
    const high = Math.log(Number(optionOf(setting, 'samplerHigh')));
    const [index, lengths, beyond, sums] = [new Column(), new Column(), new Column(), new Column()];
    return {
      second(view) {
        const sum = logRatioOfSequence(view);
        if (Number.isNaN(sum)) return;
        index.push(view.i);
        lengths.push(view.length);
        beyond.push(sum < low || sum > high ? 1 : 0);
        sums.push(sum);
      },
      judge(summary) {
        const [x, y] = [lengths.values(), beyond.values()];
        const z = spearmanZ(x, y);
        if (!(z > Z)) return [];
        const indices = index.integers();
        const places = [...indices.keys()];
        const [cut, kept] = [places.filter((k) => y[k] === 1), places.filter((k) => y[k] === 0)];
        const [lengthOfCut, lengthOfKept] = [cut, kept].map((list) => mean(list.map((k) => x[k]!)));
        return [
          {
            message: `${percent(cut.length / x.length)} of ${x.length} trajectories are beyond the bounds of the correction; they have ${short(lengthOfCut!)} tokens on average, the others ${short(lengthOfKept!)}`,
            evidence: {
              trajectories: x.length,
              beyond: cut.length,
              lengthOfBeyond: lengthOfCut!,
              lengthOfOthers: lengthOfKept!,
              deviationOfSum: deviation(sums.values()),
              z,
            },
            threshold: Z,
            spans: rowSpans(
              summary,
              cut.map((k) => indices[k]!),
            ),
          },
        ];
      },
    };
  },
};
