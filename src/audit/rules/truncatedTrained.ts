// Weight on trajectories that were cut off.
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';
import { isTrained } from '../trained.ts';

const percent = (x: number): string => `${Number((100 * x).toPrecision(3))} %`;

/** The rule `truncated-trained`. */
export const truncatedTrained: Rule = {
  code: 'truncated-trained',
  severity: 'info',
  sentence:
    'Trajectories that hit the limit of length are trained on: they are punished for not having ended, whatever they were about to say.',
  signature: 'Tokens of trajectories that hit the limit carry weight.',
  formula: String.raw`\sum_{i\in\text{truncated}}\sum_t\lvert w_{it}\rvert\Big/\sum_i\sum_t\lvert w_{it}\rvert`,
  advice:
    'Mask them out (overlong filtering), raise the limit, or pay a reward that says what is meant by being too long.',
  threshold:
    'None: it is a property of the data, told with its share of Σ|w|. Whether it hurts depends on what the reward says of them.',
  rate: 0,
  material: 'Any share of Σ|w| is told: whether it hurts depends on what the reward says of being cut.',
  source: 'trl#7039; DAPO, arXiv 2503.14476',
  needs: ['truncated', ['mask', 'weights']],
  watch: () => {
    const spans = new SpanList();
    let [truncated, trajectories, weightOn, weight, hasWeights] = [0, 0, 0, 0, false];
    return {
      second: ({ trajectory, weights: declared }) => {
        const { length, isMaskLogged } = trajectory;
        trajectories++;
        if (trajectory.truncated === true) truncated++;
        if (!isMaskLogged && trajectory.weights === undefined) return;
        const weights = trajectory.weights ?? declared;
        let [own, isAny] = [0, false];
        for (let t = 0; t < length; t++) {
          isAny ||= isTrained(trajectory, t);
          // Without weights a token counts 1.
          const size = weights === undefined ? trajectory.mask[t]! : Math.abs(weights[t]!);
          if (Number.isFinite(size)) own += size;
        }
        hasWeights ||= weights !== undefined;
        weight += own;
        if (trajectory.truncated !== true || !isAny) return;
        weightOn += own;
        spans.add(trajectory);
      },
      judge: () => {
        if (spans.count === 0) return [];
        const share = weight === 0 ? 0 : weightOn / weight;
        const of = hasWeights ? 'Σ|w|' : 'the tokens with mask 1';
        return [
          {
            message: `${spans.count} of ${truncated} trajectories that hit the limit carry weight: ${percent(share)} of ${of}, and ${percent(truncated / trajectories)} of the trajectories.`,
            evidence: {
              trained: spans.count,
              truncated,
              trajectories,
              [hasWeights ? 'shareOfWeight' : 'shareOfTokens']: share,
            },
            threshold: 0,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
