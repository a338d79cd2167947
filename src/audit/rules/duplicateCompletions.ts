// duplicate-completions: a completion was drawn again and again although its own log-prob says that this does not happen.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import { completionHash } from '../groups/hash.ts';
import { logUpperTail } from '../groups/tails.ts';
import { counted, short } from '../groups/words.ts';
import { groupSizes, OpenParts } from '../openParts.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');
const TOOL = ROLES.indexOf('tool');
/** The rate of false alarms over an input. */
const RATE = 1e-6;
/** The least mass that top-p or top-k is allowed to keep at each token. */
const KEPT = 0.9;

/** The different completions of a group so far, and the sum of their probabilities. */
interface Draws {
  readonly seen: Set<number>;
  mass: number;
}

/** log of the largest probability with which the completion may have been drawn: Σ min(0, log π − log kept). */
function logProbability({ samplerLogProbs, roles, length }: Trajectory): number {
  if (samplerLogProbs === undefined) return Number.NaN;
  let sum = 0;
  for (let t = 0; t < length; t++) {
    if (roles[t] === PROMPT || roles[t] === PAD || roles[t] === TOOL) continue;
    const logProb = samplerLogProbs[t]!;
    // A token without a log-prob is taken for certain.
    if (!Number.isNaN(logProb)) sum += Math.min(0, logProb - Math.log(KEPT));
  }
  return sum;
}

/** Completions that repeat within a group. */
export const duplicateCompletions: Rule = {
  code: 'duplicate-completions',
  severity: 'warning',
  sentence:
    'Completions of a group are the same more often than their own probability allows, so that a group has fewer draws than it seems.',
  signature: 'More trajectories equal an earlier one of their group than Σ e^{Σ log π} allows.',
  formula: String.raw`\mathbb E[\text{repeats}]\le\sum_i\sum_{j<i,\ \text{distinct}}e^{\sum_t\log\pi(y_{j,t})}`,
  advice: 'Look for a seed that workers share, a cache of generations, or rows that were written twice.',
  threshold:
    'Null: draws are independent. The number of repeats is below a sum of independent trials with mean λ, the sum above, where each token may be 1/0.9 as probable as logged (top-p or top-k that keeps 90 %). Chernoff’s bound of the number seen must be below 10⁻⁶.',
  rate: 1e-6,
  source: 'trl#7040; ms-swift#3450',
  needs: ['group', 'samplerLogProbs'],
  watch: () => {
    const repeats = new SpanList();
    let groups: OpenParts<Draws>;
    let expected = 0;
    let trials = 0;
    return {
      between(summary) {
        groups = new OpenParts(summary.group, groupSizes(summary));
      },
      second({ trajectory, i }) {
        if (groups.sizeAt(i) === 0) return;
        const { kept: draws } = groups.see(i, () => ({ seen: new Set(), mass: 0 }));
        const [hash, log] = [completionHash(trajectory), logProbability(trajectory)];
        if (hash === undefined || Number.isNaN(log)) return;
        trials++;
        expected += Math.min(1, draws.mass);
        if (draws.seen.has(hash)) return repeats.add(trajectory);
        draws.seen.add(hash);
        draws.mass += Math.exp(log);
      },
      judge() {
        const chance = logUpperTail(repeats.count, expected);
        if (!(chance <= Math.log(RATE))) return [];
        return [
          {
            message: `${counted(repeats.count, 'completion')} of ${trials} repeat an earlier one of their group, where at most ${short(expected)} are expected.`,
            evidence: {
              repeats: repeats.count,
              completions: trials,
              expected,
              log10Chance: chance / Math.LN10,
            },
            threshold: RATE,
            spans: repeats.spans,
          },
        ];
      },
    };
  },
};
