// Tokens of a rollout that are trained in several of its trajectories.
import type { Trajectory } from '../../rollouts/index.ts';
import { Column } from '../column.ts';
import type { Evidence, Rule } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';
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

/** What is kept of a trajectory of a rollout. */
interface Line {
  readonly i: number;
  readonly trained: number;
  /** By level: the hash of all tokens up to the 2^level-th trained one, and the sum of log-probs of the trained ones among them. */
  readonly from: number;
  readonly levels: number;
}

/** Lines of the rollouts, with their prefixes in two columns. */
class Prefixes {
  readonly hashes = new Column();
  readonly logProbs = new Column();

  add(trajectory: Trajectory, i: number): Line {
    const { ids, length, advantage } = trajectory;
    const isPushed = (t: number): boolean =>
      (typeof advantage === 'number' ? advantage : advantage?.[t]) !== 0;
    const logProbs = trajectory.samplerLogProbs ?? trajectory.oldLogProbs ?? trajectory.logProbs;
    const hash = new PrefixHash();
    const from = this.hashes.length;
    let [trained, sum] = [0, 0];
    for (let t = 0; t < length; t++) {
      hash.add(ids![t]!);
      if (!isTrained(trajectory, t) || !isPushed(t)) continue;
      trained++;
      const logProb = logProbs?.[t] ?? Number.NaN;
      sum += Number.isFinite(logProb) ? logProb : ASSUMED;
      if (Math.log2(trained) % 1 !== 0 || this.hashes.length - from === LEVELS) continue;
      this.hashes.push(hash.value);
      this.logProbs.push(sum);
    }
    return { i, trained, from, levels: this.hashes.length - from };
  }
}

/** Trained tokens of lines of one rollout that an earlier line of it has too. */
interface Duplicates {
  readonly lines: number[];
  tokens: number;
}

function duplicatesIn(
  lines: readonly Line[],
  { hashes, logProbs }: Prefixes,
  bound: number,
  into: Duplicates,
): void {
  const seen = new Set<number>();
  const [hash, sum] = [hashes.values(), logProbs.values()];
  for (const { i, from, levels } of lines) {
    let level = levels - 1;
    while (level >= 0 && !(seen.has(hash[from + level]!) && sum[from + level]! < bound)) level--;
    if (level >= 0) {
      into.lines.push(i);
      into.tokens += 2 ** level;
    }
    for (let l = 0; l < levels; l++) seen.add(hash[from + l]!);
  }
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
  set: 'A log-prob of −0.1 for each token whose own is missing.',
  source: 'prime-rl#2975',
  needs: ['rollout', 'ids', ['mask', 'weights']],
  watch: () => {
    const prefixes = new Prefixes();
    const rollouts = new Map<string, Line[]>();
    return {
      first: (trajectory, i) => {
        const { rollout, ids, step } = trajectory;
        if (rollout === undefined || ids === undefined) return;
        const name = `${step} ${rollout}`;
        const lines = rollouts.get(name) ?? [];
        rollouts.set(name, lines);
        lines.push(prefixes.add(trajectory, i));
      },
      judge: (summary: Summary): Evidence[] => {
        let [pairs, trained] = [0, 0];
        for (const lines of rollouts.values()) {
          pairs += (lines.length * (lines.length - 1)) / 2;
          for (const line of lines) trained += line.trained;
        }
        const bound = Math.log(FALSE_ALARMS / Math.max(1, pairs));
        const found: Duplicates = { lines: [], tokens: 0 };
        for (const lines of rollouts.values()) duplicatesIn(lines, prefixes, bound, found);
        if (found.lines.length === 0) return [];
        return [
          {
            message: `At least ${found.tokens} of ${trained} trained tokens are trained a second time, in ${found.lines.length} trajectories that share their beginning with another one of the same rollout.`,
            evidence: {
              tokens: found.tokens,
              trained,
              share: found.tokens / trained,
              trajectories: found.lines.length,
            },
            threshold: 0,
            spans: rowSpans(summary, found.lines),
          },
        ];
      },
    };
  },
};
