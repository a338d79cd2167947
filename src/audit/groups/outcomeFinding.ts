// What two rules say alike: that groups without a difference in correctness are trained on for the shape of their answers.

import type { Evidence } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';
import { equalOutcomes } from './equalOutcome.ts';
import { greatestOf } from './extremes.ts';
import { rangeOf } from './line.ts';
import { loggedOf } from './logged.ts';
import { precisionOf } from './precision.ts';
import { counted, percent, short } from './words.ts';

/** The rate of false alarms over an input. */
const RATE = 1e-4;

/** The threshold of these rules, in words. */
export const OUTCOME_THRESHOLD =
  'Null: nothing is filtered. With a share q of the trajectories of such groups at the most frequent reward, a group of G has equal rewards with probability at least q^G. A warning where none has although ∏(1 − q^G) < 10⁻⁴; otherwise an info, since shaping a reward is a choice.';

/** The finding about groups whose answers are all wrong (0), or all right (1). */
export function outcomeFinding(summary: Summary, outcome: 0 | 1): readonly Evidence[] {
  const ofFile = loggedOf(summary);
  const isLogged = summary.loggedAdvantage.some(Number.isFinite);
  const logged = isLogged
    ? ofFile
    : { ...ofFile, advantage: summary.advantage, ofAdvantage: precisionOf(summary.advantage) };
  const { separated, uniform, known, share, logChance } = equalOutcomes(summary, logged, outcome);
  if (separated.length === 0) return [];
  const rewardRange = greatestOf(separated.map((members) => rangeOf(logged.reward, members)));
  const advantageRange = greatestOf(separated.map((members) => rangeOf(logged.advantage, members)));
  const isFiltered = logChance < Math.log(RATE);
  const answers = outcome === 0 ? 'wrong' : 'right';
  const filtered = isFiltered ? `, and none of the ${uniform} such groups has equal rewards` : '';
  return [
    {
      message: `${counted(separated.length, 'group')} of ${known} are ${answers} throughout, and rewards that differ by up to ${short(rewardRange)} give advantages that differ by up to ${short(advantageRange)}: ${percent(share)} of Σ L·|A|${filtered}.`,
      evidence: {
        groups: separated.length,
        uniform,
        known,
        share,
        rewardRange,
        advantageRange,
        log10Chance: logChance / Math.LN10,
        logged: isLogged,
      },
      threshold: isFiltered ? RATE : 0,
      spans: rowSpans(summary, separated.members),
      severity: isFiltered ? 'warning' : 'info',
    },
  ];
}
