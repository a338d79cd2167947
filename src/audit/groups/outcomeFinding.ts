// What two rules say alike: that groups without a difference in correctness are trained on for the shape of their answers.
import type { Evidence } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';
import { equalOutcomes } from './equalOutcome.ts';
import { loggedOf } from './logged.ts';
import { precisionOf } from './precision.ts';
import { counted, percent, short } from './words.ts';

/** The finding about groups whose answers are all wrong (0), or all right (1); infos where shaping is a reward function of its own. */
export function outcomeFinding(summary: Summary, outcome: 0 | 1): readonly Evidence[] {
  const ofFile = loggedOf(summary);
  const isLogged = ofFile.advantage.some(Number.isFinite);
  const logged = isLogged
    ? ofFile
    : { ...ofFile, advantage: summary.advantage, ofAdvantage: precisionOf(summary.advantage) };
  const { groups, known, share, isByFunction } = equalOutcomes(summary, logged, outcome);
  if (groups.length === 0) return [];
  const rewardRange = Math.max(...groups.map((group) => group.rewardRange));
  const advantageRange = Math.max(...groups.map((group) => group.advantageRange));
  const answers = outcome === 0 ? 'wrong' : 'right';
  return [
    {
      message: `${counted(groups.length, 'group')} of ${known} are ${answers} throughout, and rewards that differ by up to ${short(rewardRange)} give advantages that differ by up to ${short(advantageRange)}: ${percent(share)} of Σ L·|A|.`,
      evidence: {
        groups: groups.length,
        known,
        share,
        rewardRange,
        advantageRange,
        byFunction: isByFunction,
        logged: isLogged,
      },
      threshold: 0,
      spans: rowSpans(
        summary,
        groups.flatMap(({ members }) => members),
      ),
      ...(isByFunction ? { severity: 'info' as const } : {}),
    },
  ];
}
