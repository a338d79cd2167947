// Tokens of a rollout that are trained in several of its trajectories.
import type { Trajectory } from '../../rollouts/index.ts';
import { sumOf } from '../columns/column.ts';
import { OpenParts, rolloutSizes } from '../openParts.ts';
import type { Evidence, Rule } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { SpanList } from '../spans.ts';
import { isTrained } from '../trained.ts';

/** Prefixes are kept at 1, 2, 4, … trained tokens: at most so many numbers a trajectory. */
const LEVELS = 20;
/** The log-prob of a token of a confident policy, where the file has none. */
const ASSUMED = -0.1;

/** A hash of 53 bits of the tokens so far. */
class PrefixHash {
  private high = 0x9e3779b9;
  private low = 0x85ebca6b;

  add(id: number): void {
    this.high = Math.imul(this.high ^ id, 0x01000193) ^ (this.high >>> 15);
    this.low = Math.imul(this.low + id + 1, 0xc2b2ae35) ^ (this.low >>> 13);
  }

  get value(): number {
    return (this.high >>> 0) * 2 ** 21 + (this.low >>> 11);
  }
}

/** The trained tokens of a trajectory, and of its beginnings up to the 1st, 2nd, 4th, … of them a hash and the sum of log-probs. */
interface Line {
  readonly trained: number;
  readonly hashes: readonly number[];
  readonly logProbs: readonly number[];
}

function lineOf(trajectory: Trajectory): Line {
  const { ids, length, advantage } = trajectory;
  const isPushed = (t: number): boolean => (typeof advantage === 'number' ? advantage : advantage?.[t]) !== 0;
  const of = trajectory.samplerLogProbs ?? trajectory.oldLogProbs ?? trajectory.logProbs;
  const hash = new PrefixHash();
  const hashes: number[] = [];
  const logProbs: number[] = [];
  let [trained, sum] = [0, 0];
  for (let t = 0; t < length; t++) {
    hash.add(ids![t]!);
    if (!isTrained(trajectory, t) || !isPushed(t)) continue;
    trained++;
    const logProb = of?.[t] ?? Number.NaN;
    sum += Number.isFinite(logProb) ? logProb : ASSUMED;
    if (Math.log2(trained) % 1 !== 0 || hashes.length === LEVELS) continue;
    hashes.push(hash.value);
    logProbs.push(sum);
  }
  return { trained, hashes, logProbs };
}

/** How many trained tokens a trajectory shares at least with earlier ones of its rollout; adds its beginnings to theirs. */
function sharedTokens({ hashes, logProbs }: Line, seen: Set<number>, bound: number): number {
  let level = hashes.length - 1;
  while (level >= 0 && !(seen.has(hashes[level]!) && logProbs[level]! < bound)) level--;
  for (const hash of hashes) seen.add(hash);
  return level < 0 ? 0 : 2 ** level;
}

/** The rule `fork-duplicated`. */
export const forkDuplicated: Rule = {
  code: 'fork-duplicated',
  severity: 'error',
  sentence:
    'A rollout that forks gives a trajectory for each branch, and what the branches share is trained once in every one of them.',
  signature: 'The same prefix with the same trained tokens stands in several trajectories of one rollout.',
  formula: String.raw`\prod_{t\in\text{shared}}\pi(a_t\mid h_t)<10^{-4}/\text{pairs}`,
  advice: 'Give mask 1 to a shared token in one branch only, and 0 in the others.',
  threshold:
    'The null is that branches draw their tokens independently: they agree on the shared ones with the probability that the policy itself gives them (e^{−0.1} a token where the file has no log-probs), which must be below 10⁻⁴ over the number of pairs.',
  rate: 1e-4,
  source: 'prime-rl#2975',
  needs: ['rollout', 'ids', ['mask', 'weights']],
  watch: () => {
    const spans = new SpanList();
    let rollouts: OpenParts<Set<number>>;
    let bound = 0;
    let [trained, tokens] = [0, 0];
    return {
      between(summary) {
        const sizes = rolloutSizes(summary);
        rollouts = new OpenParts(summary.rollout, sizes);
        const pairs = sumOf(sizes, (n) => (n * (n - 1)) / 2);
        bound = Math.log(FALSE_ALARMS / Math.max(1, pairs));
      },
      second({ trajectory, i }) {
        if (trajectory.ids === undefined || rollouts.sizeAt(i) === 0) return;
        const { kept: seen } = rollouts.see(i, () => new Set());
        const line = lineOf(trajectory);
        trained += line.trained;
        const shared = sharedTokens(line, seen, bound);
        if (shared === 0) return;
        tokens += shared;
        spans.add(trajectory);
      },
      judge: (): Evidence[] =>
        spans.count === 0
          ? []
          : [
              {
                message: `At least ${tokens} of ${trained} trained tokens are trained a second time, in ${spans.count} trajectories that share their beginning with another one of the same rollout.`,
                evidence: { tokens, trained, share: tokens / trained, trajectories: spans.count },
                threshold: 0,
                spans: spans.spans,
              },
            ],
    };
  },
};
