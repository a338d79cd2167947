// Turns that end with the tag of the next role, which then belongs to the next role and is never trained.
import { ROLES } from '../../rollouts/trajectory.ts';
import type { Rule } from '../rule.ts';
import { FALSE_ALARMS, runBound } from '../significance.ts';
import { SpanList } from '../spans.ts';
import { KeyCounts, keysOf } from '../tokenKeys.ts';
import { isTrained, trainedRuns } from '../trained.ts';

const PROMPT = ROLES.indexOf('prompt');
const TOOL = ROLES.indexOf('tool');

/** A model has at most so many tokens that end a turn: of a text, of a turn, of a message. */
const ENDS = 3;

/** The rule `eot-untrained`. */
export const eotUntrained: Rule = {
  code: 'eot-untrained',
  severity: 'warning',
  sentence:
    'The token with which a turn ends is the tag of the next role, is counted as that role’s, and never carries weight.',
  signature:
    'The token behind a trained turn is always one of three at most that are trained nowhere, and trained turns end in more than three different tokens.',
  formula: String.raw`n\ge d+\log_{1/2}10^{-4}`,
  advice:
    'Count the tag that ends a turn as the policy’s: give it mask 1 at the end of every turn, the last one included.',
  threshold:
    'The null is that what follows a turn is one of its three most frequent tokens with probability at most 1/2: n turns followed by d different tokens then happen with probability at most 2^{d−n}, which must be below 10⁻⁴. A model that is taught its end tokens ends trained turns with one of three.',
  rate: 1e-4,
  source: 'slime#514, slime#1490, trl#5988, trl#6044',
  needs: ['tokens', 'roles', ['mask', 'weights']],
  watch: () => {
    const last = new KeyCounts();
    const next = new KeyCounts();
    const spans = new SpanList();
    let trained = 0;
    return {
      first: (trajectory) => {
        const keys = keysOf(trajectory);
        const { roles, length, areRolesLogged } = trajectory;
        if (keys === undefined || !areRolesLogged) return;
        for (const { to } of trainedRuns(trajectory)) {
          if (to === length || (roles[to] !== PROMPT && roles[to] !== TOOL)) continue;
          last.add(keys[to - 1]!);
          next.add(keys[to]!);
          spans.add(trajectory, to, to + 1);
        }
      },
      second: ({ trajectory }) => {
        const keys = keysOf(trajectory);
        if (keys === undefined || next.distinct > ENDS) return;
        for (let t = 0; t < trajectory.length; t++) {
          if (next.of(keys[t]!) > 0 && isTrained(trajectory, t)) trained++;
        }
      },
      judge: () => {
        const bound = next.distinct + runBound(1 / 2, FALSE_ALARMS);
        if (next.distinct > ENDS || last.distinct <= ENDS || trained > 0 || next.total < bound) return [];
        return [
          {
            message: `${next.total} turns are followed by one of ${next.distinct} tokens, none of which carries weight anywhere, and end in ${last.distinct} different ones: nothing that ends a turn is trained.`,
            evidence: { turns: next.total, followers: next.distinct, lastTokens: last.distinct },
            threshold: bound,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
