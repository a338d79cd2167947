// Old log-probs were computed by the policy that is trained, although an older one drew: every ratio is 1 and the clip does nothing.

import type { Trajectory } from '../../rollouts/index.ts';
import { ClusteredLine } from '../mismatch/clusteredLine.ts';
import { ONE_SIDED } from '../mismatch/falseAlarms.ts';
import { addTrained } from '../mismatch/runs.ts';
import { eachCompared } from '../mismatch/tokens.ts';
import { versionOf } from '../mismatch/versions.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** Objectives whose ratio is against the sampler: a ratio of 1 against old takes nothing from them. */
const ANCHORED: readonly string[] = ['dppo', 'tis', 'icepop', 'opsm'];

/** How many versions the policy that drew is behind the one that is trained; NaN where nobody says. */
function lagOf(trajectory: Trajectory): number {
  return (trajectory.trainedVersion ?? Number.NaN) - versionOf(trajectory);
}

/** `ratio-one-stale`. */
export const ratioOneStale: Rule = {
  code: 'ratio-one-stale',
  severity: 'error',
  sentence:
    'The rollouts are of an older policy, but old log-probs are of the trained one: nothing corrects for the age, and the clip is dead.',
  signature:
    'Every ratio is exactly 1 on trajectories that an older version drew; the difference to the sampler grows with the number of versions in between.',
  formula: String.raw`r_t=\pi_\theta/\pi_{\text{old}}\equiv1\quad\text{although}\quad\mu=\pi_{\theta-k},\ k>0`,
  advice:
    'Take the sampler’s log-probs as old ones, or keep the recomputed ones and correct for the sampler (TIS, IcePop).',
  threshold:
    'Null: after an update no log-prob of a whole trajectory is the same to the last digit, so that one counter-example silences the rule. That |d| grows with the lag is a slope with an error by trajectories, rate 10⁻⁴; where the lag does not vary it cannot be seen, and the finding is a warning.',
  rate: 1e-4,
  source: 'SkyRL#1315; radixark/miles#1829; torchforge#571; trl#6945; trl#7120',
  needs: ['logProbs', 'oldLogProbs', 'samplerLogProbs', 'versions'],
  silent: ({ chosen }) =>
    chosen !== undefined && ANCHORED.includes(chosen.objective.name)
      ? `the ratio of ${chosen.objective.name} is against the sampler`
      : undefined,
  watch() {
    const growth = new ClusteredLine();
    const spans = new SpanList();
    let isAlways = true;
    let stale = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    return {
      first(trajectory) {
        const { logProbs, oldLogProbs, mask } = trajectory;
        const lag = lagOf(trajectory);
        if (logProbs === undefined || oldLogProbs === undefined || !Number.isFinite(lag)) return;
        least = Math.min(least, lag);
        most = Math.max(most, lag);
        eachCompared(trajectory, (_, a, b) => growth.add(lag, Math.abs(a - b)));
        growth.end();
        if (lag <= 0) return;
        stale++;
        isAlways &&= logProbs.every((x, t) => mask[t] === 0 || x === oldLogProbs[t] || Number.isNaN(x));
        addTrained(spans, trajectory);
      },
      judge() {
        if (stale === 0 || !isAlways) return [];
        const { value = Number.NaN, error = Number.NaN } = growth.line()?.slope ?? {};
        const isGrowing = value > ONE_SIDED * error && value > 0;
        if (most > least && !isGrowing) return [];
        const grown = isGrowing ? `, and |d| grows by ${value.toFixed(4)} a version` : '';
        return [
          {
            message: `the ratio is exactly 1 on all ${stale} trajectories that are up to ${most} versions old${grown}`,
            evidence: { trajectories: stale, largestLag: most, growth: value, error },
            threshold: 0,
            spans: spans.spans,
            severity: isGrowing ? 'error' : 'warning',
          },
        ];
      },
    };
  },
};
