// The verdict on a question: what was decided at random points beside small policies, where it is looked for a counter-example.
import { compareWithFloat64, counterExample, type Search } from './counterExample.ts';
import { counterPolicy, type OddsPolicy } from './counterPolicy.ts';
import type { Decision } from './decide.ts';

/** The answer to one question about an objective. */
export interface ObjectiveVerdict {
  readonly verdict: 'proved' | 'refuted' | 'outside';
  /** The total degree of what vanished at every point. */
  readonly degree?: number;
  /** log2 of the risk that it is wrong. */
  readonly riskLog2?: number;
  /** The factor λ of E g = λ·∇J by size of the group. */
  readonly value?: string;
  /** λ in G, if it is a quotient of polynomials of degree at most 1 in G: the one that has the value of every size. */
  readonly inG?: string;
  readonly counterExample?: OddsPolicy;
  /** Where the counter-example shows it, and both sides there. */
  readonly place?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly groupSize?: number;
  /** Why it is outside, or what it is proved for. */
  readonly reason?: string;
}

/** What was decided about groups of one size, and where a counter-example would be looked for. */
export interface Asked {
  readonly search: Search;
  readonly decision: Decision;
  /** What is compared with float64 where it holds; `search` if left out. */
  readonly compareAs?: Search;
  /** Decides it in another way, if no counter-example is found. */
  readonly otherwise?: () => Omit<Asked, 'search' | 'otherwise'>;
}

function refuted(search: Search): ObjectiveVerdict | undefined {
  const found = counterExample(search);
  if (found === undefined) return undefined;
  const { place, found: left, expected, groupSize } = found;
  return {
    verdict: 'refuted',
    counterExample: counterPolicy(found),
    place,
    found: left,
    expected,
    groupSize,
  };
}

const CONTRADICTED =
  'it holds at random points, but not for numbers in double precision at small policies: the formula may compare with operators, ' +
  'keep a state between calls, or be at the mercy of rounding';
const GENERIC =
  'except where a number that the formula asks isZero of is 0; small policies at which it is were looked at';
const NO_VALUE =
  'it holds for symbols, but at every small policy that was looked at the formula divides by 0, or takes a root or a logarithm of what has none';
const UNSEEN = 'it fails at random points, but no small policy was found on which it does';

/** The verdict on groups of one size, which is not proved if a small policy says no. */
export function verdictOf({ search, decision, otherwise, compareAs = search }: Asked): ObjectiveVerdict {
  if (decision.holds) {
    const compared = compareWithFloat64(compareAs);
    if (compared === 'contradicts') return refuted(search) ?? { verdict: 'outside', reason: CONTRADICTED };
    if (compared === 'hasNoValue') return { verdict: 'outside', reason: NO_VALUE };
    const { degree, riskLog2, isGeneric } = decision;
    return { verdict: 'proved', degree, riskLog2, ...(isGeneric ? { reason: GENERIC } : {}) };
  }
  const found = decision.isVague === true ? undefined : refuted(search);
  if (found !== undefined) return found;
  if (otherwise !== undefined) return verdictOf({ search, ...otherwise() });
  return { verdict: 'outside', reason: decision.reason ?? UNSEEN };
}

/** The verdict on groups of all sizes: that of the first size which is not proved, or proved with the largest degree and risk. */
export function verdictOfAll(sizes: Iterable<ObjectiveVerdict>): ObjectiveVerdict {
  let all: ObjectiveVerdict | undefined;
  for (const one of sizes) {
    if (one.verdict !== 'proved') return one;
    const reason = all?.reason ?? one.reason;
    all = {
      verdict: 'proved',
      degree: Math.max(all?.degree ?? 0, one.degree!),
      riskLog2: Math.max(all?.riskLog2 ?? Number.NEGATIVE_INFINITY, one.riskLog2!),
      ...(reason === undefined ? {} : { reason }),
    };
  }
  return all!;
}
