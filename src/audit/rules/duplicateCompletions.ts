// duplicate-completions: a completion was drawn again and again although its own log-prob says that this does not happen.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import { Column } from '../column.ts';
import { completionHash } from '../groups/hash.ts';
import { logUpperTail } from '../groups/tails.ts';
import { counted, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import { membersOf } from '../summary.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');
const TOOL = ROLES.indexOf('tool');
/** The rate of false alarms over an input. */
const RATE = 1e-6;
/** The least mass that top-p or top-k is allowed to keep at each token. */
const KEPT = 0.9;

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
    'Under independent draws the number of repeats is below a sum of independent trials with mean λ, the sum above, where each token may be 1/0.9 as probable as logged (top-p or top-k that keeps 90 %). Chernoff’s bound of the number seen must be below 10⁻⁶.',
  set: 'Top-p or top-k keep at least 90 % of the mass.',
  source: 'trl#7040; ms-swift#3450',
  needs: ['group', 'samplerLogProbs'],
  watch: () => {
    const hashes = new Column();
    const logs = new Column();
    return {
      first(trajectory) {
        hashes.push(completionHash(trajectory) ?? Number.NaN);
        logs.push(logProbability(trajectory));
      },
      judge(summary) {
        const [hash, log] = [hashes.values(), logs.values()];
        const repeats: number[] = [];
        let expected = 0;
        let trials = 0;
        for (const members of membersOf(summary.group)) {
          const seen = new Set<number>();
          let mass = 0;
          for (const i of members) {
            if (Number.isNaN(hash[i]) || Number.isNaN(log[i])) continue;
            trials++;
            expected += Math.min(1, mass);
            if (seen.has(hash[i]!)) repeats.push(i);
            else {
              seen.add(hash[i]!);
              mass += Math.exp(log[i]!);
            }
          }
        }
        const chance = logUpperTail(repeats.length, expected);
        if (!(chance <= Math.log(RATE))) return [];
        return [
          {
            message: `${counted(repeats.length, 'completion')} of ${trials} repeat an earlier one of their group, where at most ${short(expected)} are expected.`,
            evidence: {
              repeats: repeats.length,
              completions: trials,
              expected,
              log10Chance: chance / Math.LN10,
            },
            threshold: RATE,
            spans: rowSpans(summary, repeats),
          },
        ];
      },
    };
  },
};
