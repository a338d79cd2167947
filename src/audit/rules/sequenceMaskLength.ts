// sequence-mask-length: a correction for the sampler by whole sequences cuts trajectories the more often, the longer they are.
import { FALSE_ALARMS } from '../alternatives.ts';
import { Column, IntegerColumn } from '../columns/column.ts';
import { deviation, spearmanZ } from '../ranks.ts';
import type { Rule } from '../rule.ts';
import { correctionLevel, logRatioOfSequence } from '../samplerCorrection.ts';
import { optionOf } from '../setting.ts';
import { rowSpans } from '../spans.ts';
import { percent, short } from '../words.ts';

/** z beyond which at most FALSE_ALARMS of independent columns lie: P(Z > z) ≤ exp(−z²/2). */
const Z = Math.sqrt(2 * Math.log(1 / FALSE_ALARMS));

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
    const { memory } = setting;
    const index = new IntegerColumn(memory);
    const [x, y, sums] = [new Column(memory), new Column(memory), new Column(memory)];
    return {
      second(view) {
        const sum = logRatioOfSequence(view);
        if (Number.isNaN(sum)) return;
        index.push(view.i);
        x.push(view.length);
        y.push(sum < low || sum > high ? 1 : 0);
        sums.push(sum);
      },
      judge(summary) {
        const z = spearmanZ(x, y);
        if (!(z > Z)) return [];
        const cut = new IntegerColumn(memory);
        for (let k = 0; k < y.length; k++) if (y.at(k) === 1) cut.push(index.at(k));
        const [lengthOfKept, lengthOfCut] = [0, 1].map((is) => {
          let [sum, count] = [0, 0];
          for (let k = 0; k < y.length; k++) {
            if (y.at(k) !== is) continue;
            sum += x.at(k);
            count++;
          }
          return sum / count;
        });
        return [
          {
            message: `${percent(cut.length / x.length)} of ${x.length} trajectories are beyond the bounds of the correction; they have ${short(lengthOfCut!)} tokens on average, the others ${short(lengthOfKept!)}`,
            evidence: {
              trajectories: x.length,
              beyond: cut.length,
              lengthOfBeyond: lengthOfCut!,
              lengthOfOthers: lengthOfKept!,
              deviationOfSum: deviation(sums),
              z,
            },
            threshold: Z,
            spans: rowSpans(summary, cut),
          },
        ];
      },
    };
  },
};
