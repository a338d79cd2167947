// A mask that stands beside its tokens by one.
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';
import { isTrained, maskShift } from '../trained.ts';

/** The rule `mask-off-by-one-padding`. */
export const maskOffByOnePadding: Rule = {
  code: 'mask-off-by-one-padding',
  severity: 'error',
  sentence:
    'The mask is aligned with inputs and the log-probs with labels, or the other way round: both ends of every answer are wrong by one.',
  signature:
    'The last token before every stretch that the policy wrote carries weight and the last one of the stretch does not, or the first one does not and the one behind the stretch does.',
  formula: String.raw`m_t=[t{+}1\in\text{response}]\quad\text{instead of}\quad m_t=[t\in\text{response}]`,
  advice:
    'Roll mask and labels together, and look at the first and the last token of an answer with their masks once.',
  threshold:
    'None: both ends of every stretch of a trajectory must be wrong in the same direction, which no mask does on purpose.',
  rate: 0,
  source: 'ms-swift#8427',
  needs: ['roles', ['mask', 'weights']],
  watch: () => {
    const early = new SpanList();
    const late = new SpanList();
    let seen = 0;
    return {
      first: (trajectory) => {
        const { length, isMaskLogged, weights } = trajectory;
        if (!isMaskLogged && weights === undefined) return;
        const trained = Array.from({ length }, (_, t) => t).filter((t) => isTrained(trajectory, t));
        if (trained.length === 0) return;
        seen++;
        const shift = maskShift(trajectory);
        if (shift !== 0) (shift < 0 ? early : late).add(trajectory, trained[0], trained.at(-1)! + 1);
      },
      judge: () =>
        [early, late]
          .filter(({ count }) => count > 0)
          .map((list) => ({
            message: `The mask stands one token ${list === early ? 'before' : 'behind'} the response in ${list.count} of ${seen} trajectories.`,
            evidence: { shift: list === early ? -1 : 1, trajectories: list.count, of: seen },
            threshold: 0,
            spans: list.spans,
          })),
    };
  },
};
