// Labels of decisions that stand beside the decisions by one token.
import { ROLES } from '../../rollouts/trajectory.ts';
import type { Evidence, Rule } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { SpanList } from '../spans.ts';
import { KeyCounts, keysOf } from '../tokenKeys.ts';
import { isWritten, runsWhere } from '../trained.ts';

const DECISION = ROLES.indexOf('decision');

/**
 * log of the probability that tokens drawn like all others fall into as few different ones as these did: there are V^d sets of d
 * tokens, and one token falls into a set with its share among all other tokens (one added to both counts).
 */
function logChance(at: KeyCounts, all: KeyCounts): number {
  let inside = -at.total;
  for (const key of at.keys) inside += all.of(key);
  const share = (inside + 1) / (all.total - at.total + 1);
  return at.distinct * Math.log(all.distinct) + at.total * Math.log(Math.min(1, share));
}

/** log of the rate of false alarms, by direction. */
export const SHIFT_BOUND = Math.log(FALSE_ALARMS / 2);

/**
 * Whether tokens beside the labels are decisions, and those on them are not: at the bound itself they are like any other.
 * @param beside,inside log-probabilities of what stands there, if it is drawn like all other tokens
 */
export function isShift(beside: number, inside: number): boolean {
  const areDecisions = (logChance: number): boolean => logChance < SHIFT_BOUND;
  return areDecisions(beside) && !areDecisions(inside);
}

/** Labels that come too early or too late. */
interface Shift {
  readonly by: -1 | 1;
  /** The token of a labelled run that would not be a decision, and the one beside the run that would. */
  readonly inside: KeyCounts;
  readonly beside: KeyCounts;
}

/** The rule `border-shift`. */
export const borderShift: Rule = {
  code: 'border-shift',
  severity: 'error',
  sentence:
    'Tokens that are labelled as decisions stand one beside the decisions, so that weights of the two components are mixed up.',
  signature:
    'The token beside a labelled decision is always one of a few that stand nowhere else, and the labelled one is like any other.',
  formula: String.raw`\log p=d\log V+n\log m`,
  advice:
    'Compare labels and tokens at the end of one attempt: labels of inputs and of targets differ by one position.',
  threshold:
    'The null is that the n tokens beside decisions are drawn like all others: they fall into some d different ones of V with probability at most V^d·m^n, m being the share of these d among all other tokens. Less than 10⁻⁴/2 (two directions) beside the labels, and not on them, is a shift. Where even the tokens that end an attempt are always the same few, nothing can be said.',
  rate: 1e-4,
  source: 'gradsplit, claim C9: masks that are off by one at a segment border',
  needs: ['decisions', 'tokens'],
  watch: () => {
    const all = new KeyCounts();
    const early: Shift = { by: -1, inside: new KeyCounts(), beside: new KeyCounts() };
    const late: Shift = { by: 1, inside: new KeyCounts(), beside: new KeyCounts() };
    const spans = new SpanList();
    return {
      first: (trajectory) => {
        const keys = keysOf(trajectory);
        const { roles, length } = trajectory;
        if (keys === undefined) return;
        for (let t = 0; t < length; t++) if (isWritten(roles[t]!)) all.add(keys[t]!);
        for (const { from, to } of runsWhere(length, (t) => roles[t] === DECISION)) {
          spans.add(trajectory, from, to);
          early.inside.add(keys[from]!);
          late.inside.add(keys[to - 1]!);
          if (to < length && isWritten(roles[to]!)) early.beside.add(keys[to]!);
          if (from > 0 && isWritten(roles[from - 1]!)) late.beside.add(keys[from - 1]!);
        }
      },
      judge: () => {
        return [early, late].flatMap(({ by, inside, beside }): Evidence[] => {
          if (inside.total === 0 || beside.total === 0) return [];
          const [within, next] = [logChance(inside, all), logChance(beside, all)];
          if (!isShift(next, within)) return [];
          const where = by < 0 ? 'behind' : 'before';
          return [
            {
              message: `The token ${where} a labelled decision is one of ${beside.distinct} that stand almost nowhere else (in ${beside.total} places); the labelled ones are ${inside.distinct} different ones: labels come one token too ${by < 0 ? 'early' : 'late'}.`,
              evidence: {
                shift: by,
                besideDistinct: beside.distinct,
                labelledDistinct: inside.distinct,
                places: beside.total,
                logChance: next,
              },
              threshold: SHIFT_BOUND,
              spans: spans.spans,
            },
          ];
        });
      },
    };
  },
};
