// Trajectories that more than one version of the policy drew.

import { BinnedSize } from '../mismatch/binnedSize.ts';
import { changePoint } from '../mismatch/changePoint.ts';
import { FALSE_ALARM } from '../mismatch/falseAlarms.ts';
import { eachCompared } from '../mismatch/tokens.ts';
import { secondVersion } from '../mismatch/versions.ts';
import type { Rule, Span } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** A change of the noise inside a trajectory. */
interface Change {
  readonly span: Span;
  readonly size: number;
}

/** Trajectories with the clearest changes are kept: as many as a report names. */
const MOST = 50;

/** `mixed-versions`. */
export const mixedVersions: Rule = {
  code: 'mixed-versions',
  severity: 'info',
  sentence: 'Some trajectories were begun by one version of the policy and finished by another.',
  signature:
    'The file names two versions inside a trajectory; or, where it names none, the size of d changes at a place inside it.',
  formula: String.raw`\max_k\big|S_k-\tfrac kn S_n\big|/(\hat\sigma\sqrt n),\qquad \Pr(\cdot>x)\approx2e^{-2x^2}`,
  advice:
    'Correct token by token with the log-probs of the version that drew it, or mask the part of the older version if that was meant.',
  threshold:
    'Versions: none. Change of d: under the null its relative sizes have no order, so that the largest deviation of partial sums has Kolmogorov’s distribution; the rate of 10⁻⁴ is shared among all trajectories (Bonferroni).',
  rate: 1e-4,
  source: 'slime#1445; slime#1800; verl#6882; prime-rl#1764; prime-rl#1901',
  needs: [
    ['versions', 'samplerLogProbs'],
    ['versions', 'logProbs', 'oldLogProbs'],
  ],
  watch() {
    const usual = new BinnedSize();
    const spans = new SpanList();
    const changes: Change[] = [];
    let tested = 0;
    let areNamed = false;
    return {
      first(trajectory) {
        areNamed ||= trajectory.versions !== undefined;
        const from = secondVersion(trajectory);
        if (from !== undefined) spans.add(trajectory, from, trajectory.mask.lastIndexOf(1) + 1);
        eachCompared(trajectory, (_, a, b) => usual.add(a, b));
      },
      second({ trajectory }) {
        if (areNamed) return;
        const tokens: number[] = [];
        const sizes: number[] = [];
        eachCompared(trajectory, (token, a, b) => {
          tokens.push(token);
          sizes.push(usual.relative(a, b));
        });
        const change = changePoint(sizes);
        if (change === undefined) return;
        tested++;
        const { file, line } = trajectory.place;
        const span = { file, line, from: tokens[change.at]!, to: trajectory.mask.lastIndexOf(1) + 1 };
        changes.push({ span, size: change.size });
        if (changes.length > 2 * MOST) changes.sort((a, b) => b.size - a.size).splice(MOST);
      },
      judge() {
        if (areNamed) {
          return spans.count === 0
            ? []
            : [
                {
                  message: `${spans.count} trajectories have tokens of at least two versions of the policy`,
                  evidence: { trajectories: spans.count, named: true },
                  threshold: 0,
                  spans: spans.spans,
                },
              ];
        }
        const limit = Math.sqrt(Math.log((2 * tested) / FALSE_ALARM) / 2);
        const found = changes.filter(({ size }) => size > limit);
        if (found.length === 0) return [];
        return [
          {
            message: `in ${found.length} trajectories the difference of trainer and sampler changes its size at a place, as where another version went on`,
            evidence: {
              trajectories: found.length,
              named: false,
              largest: Math.max(...found.map(({ size }) => size)),
            },
            threshold: limit,
            spans: found.slice(0, MOST).map(({ span }) => span),
          },
        ];
      },
    };
  },
};
