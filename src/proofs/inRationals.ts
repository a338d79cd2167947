// Claims on one policy in ℚ: the statements that are decided at random points for all policies, put to the fractions of this one.
// There is no rounding, so that the tolerance is 0.
import { DivisionByZero } from '../algebra/exactField.ts';
import {
  addFractions,
  type Fraction,
  fraction,
  fractionToNumber,
  isBelow,
  negated,
} from '../algebra/fraction.ts';
import type { RationalArray } from '../algebra/rationals.ts';
import { MOST_WORK } from '../attribution/over/fractionSize.ts';
import { policyInRationals } from '../attribution/over/rationals.ts';
import type { PolicyOver } from '../attribution/policyOver.ts';
import { exactly, type Tolerance } from '../attribution/tolerance.ts';
import { type RandomStream, randomStream } from '../base/random.ts';
import { type Comparison, check, control } from '../claims/check.ts';
import type { Claim, ClaimSubject, Control, Findings } from '../claims/claim.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../claims/statement.ts';
import type { TabularPolicy } from '../policy/tabular.ts';

/** Free symbols other than those of the policy are integers up to this. */
const LARGEST_SYMBOL = 97;

/** Symbols that were drawn in a row at which a divisor was zero, after which it is taken to be zero always. */
const MOST_REDRAWN = 20;

const free: Tolerance = { value: 0, bound: 'exact in ℚ: no rounding occurs' };
const withLogs: Tolerance = {
  value: 0,
  bound: 'exact in ℚ: no rounding occurs; log-ratios are free symbols, which stand at three decimals',
};

/** Whether a statement speaks of any policy on the tree of a shape, and not of a construction, of one step of an induction or of its own rewards. */
function isOnTree({ place = 'tree', rewards }: Statement): boolean {
  return place === 'tree' && rewards === undefined;
}

function absolute(x: Fraction): Fraction {
  return x.n < 0n ? negated(x) : x;
}

/** Where the two sides differ most. A difference too small for float64 is the smallest number above 0. */
function widestGap(left: RationalArray, right: RationalArray): Comparison {
  let [at, widest] = [0, fraction(0n)];
  left.forEach((x, i) => {
    const gap = absolute(addFractions(x, negated(right[i]!)));
    if (isBelow(widest, gap)) [at, widest] = [i, gap];
  });
  const [measured, expected] = [left[at], right[at]].map((x) => (x === undefined ? 0 : fractionToNumber(x)));
  const error = widest.n === 0n ? 0 : Math.max(Number.MIN_VALUE, fractionToNumber(widest));
  return { measured: measured!, expected: expected!, error };
}

function symbolsOf(
  { symbols }: Statement,
  { graph }: PolicyOver<RationalArray>,
  stream: RandomStream,
): Record<string, RationalArray> {
  const sizes = Object.entries(symbols?.(graph) ?? {});
  const drawn = (n: number): RationalArray =>
    Array.from({ length: n }, () => fraction(BigInt(1 + stream.integer(LARGEST_SYMBOL))));
  return Object.fromEntries(sizes.map(([name, size]) => [name, drawn(size)]));
}

/** Both sides of a statement on a policy. @throws DivisionByZero if a divisor is zero for any symbols */
function compare(statement: Statement, policy: PolicyOver<RationalArray>, stream: RandomStream): Comparison {
  for (let tried = 1; ; tried++) {
    try {
      const { left, right } = statement.sides(policy, symbolsOf(statement, policy, stream));
      return widestGap(left, right);
    } catch (error) {
      if (!(error instanceof DivisionByZero) || tried === MOST_REDRAWN) throw error;
    }
  }
}

/**
 * A claim whose checks and controls run in ℚ: those of its statements that speak of one policy on its tree.
 * @param of its statements; without them it does not apply
 * @param other draws a policy of another shape, for wrong statements that are true of the companion's, such as one about every second
 * token of a trajectory where attempts have one token
 */
export function exactClaim(
  claim: Claim,
  of: ClaimStatements | undefined,
  other: (seed: number) => TabularPolicy,
): Claim {
  if (of === undefined) {
    const reason = 'it has no statements over fractions';
    return { ...claim, notApplicable: () => reason };
  }
  const { statements, controls } = of;
  const tolerance = ({ readsLogs }: Statement): Tolerance => (readsLogs === true ? withLogs : free);
  const run = (subject: ClaimSubject): Findings => {
    const stream = randomStream(subject.seed, 'exact', 0).split(claim.id);
    const { policy, companion, seed } = subject;
    const [own, generic] = [
      policyInRationals(policy, 'the policy', MOST_WORK / 10),
      policyInRationals(companion, 'the companion'),
    ];
    const refuted = (s: WrongStatement): Control => {
      const put = (of: ClaimSubject, to: PolicyOver<RationalArray>): Control =>
        control(of, s.name, s.mistake, compare(s, to, stream.split(s.name)), exactly);
      const first = put(subject, generic);
      if (first.rejected) return first;
      return put({ ...subject, companionIs: 'companion' }, policyInRationals(other(seed), 'the companion'));
    };
    return {
      checks: statements
        .filter(isOnTree)
        .map((s) => check(s.name, compare(s, own, stream.split(s.name)), tolerance(s))),
      controls: controls.filter(isOnTree).map(refuted),
      figures: [],
    };
  };
  const notApplicable = (): string | undefined =>
    statements.some(isOnTree)
      ? undefined
      : 'in ℚ it speaks of constructions alone, not of one policy; `gradsplit prove` decides it';
  return { ...claim, notApplicable, run };
}
