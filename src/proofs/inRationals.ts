// Claims on one policy in ℚ: the statements that are decided at random points for all policies, put to the fractions of this one.
// There is no rounding, so that the tolerance is 0.
import { DivisionByZero } from '../algebra/exactField.ts';
import { fraction } from '../algebra/fraction.ts';
import { type IntervalArray, intervalField } from '../algebra/interval.ts';
import type { RationalArray } from '../algebra/rationals.ts';
import { MOST_WORK } from '../attribution/over/fractionSize.ts';
import { policyInFloat64 } from '../attribution/over/instance.ts';
import { policyInRationals } from '../attribution/over/rationals.ts';
import type { PolicyOver } from '../attribution/policyOver.ts';
import { exactly, type Tolerance } from '../attribution/tolerance.ts';
import { type RandomStream, randomStream } from '../base/random.ts';
import { type Comparison, check, control } from '../claims/check.ts';
import type { Check, Claim, ClaimSubject, Control, Findings } from '../claims/claim.ts';
import type {
  ClaimStatements,
  Elementary,
  EnclosedQuantity,
  Statement,
  WrongStatement,
} from '../claims/statement.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { logs } from './candidate.ts';
import { fractionsApart, intervalsApart } from './exactComparison.ts';
import { inIntervals, onPolicy } from './onPolicy.ts';

/** Free symbols other than those of the policy are integers up to this. */
const LARGEST_SYMBOL = 97;

/** Symbols that were drawn in a row at which a divisor was zero, after which it is taken to be zero always. */
const MOST_REDRAWN = 20;

const free: Tolerance = { value: 0, bound: 'exact in ℚ: no rounding occurs' };

/** The tolerance of intervals that have the true numbers in them: those of equal numbers meet. */
export const ENCLOSED: Tolerance = {
  value: 0,
  bound: 'enclosed: intervals with outward rounding and true logarithms have a number in common',
};

const withLogs: Tolerance = {
  value: 0,
  bound:
    'exact in ℚ: no rounding occurs; log-ratios are free symbols there, for which the numbers of float64 stand as they are; with the true ' +
    'log-ratios intervals with outward rounding enclose both sides and meet',
};

/** Whether a statement speaks of any policy on the tree of a shape, and not of a construction, of one step of an induction or of its own rewards. */
function isOnTree({ place = 'tree', rewards }: Statement): boolean {
  return place === 'tree' && rewards === undefined;
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

/** A policy by odds in ℚ, and in intervals with its true log-ratios. */
interface Exact {
  readonly rational: PolicyOver<RationalArray>;
  readonly enclosed: PolicyOver<IntervalArray>;
  readonly float64: PolicyOver<Float64Array>;
}

/** @param work how much computation its fractions may need */
function exactPolicy(policy: TabularPolicy, source: string, work?: number): Exact {
  const rational = policyInRationals(policy, source, work);
  const { evaluated, fractions } = onPolicy(ON_TREE, policy, source, { symbols: {} });
  return {
    rational,
    enclosed: inIntervals(evaluated.graph, fractions!).policy,
    float64: policyInFloat64(evaluated),
  };
}

/** A statement that says nothing, which any policy on its tree can be put to. */
const ON_TREE: Statement = {
  name: 'any policy',
  kind: 'identity',
  sides: ({ prob }) => ({ left: prob, right: prob }),
};

/** Symbols in ℚ at which nothing is divided by 0, and what both sides give there. */
function inFractions(
  statement: Statement,
  { rational }: Exact,
  stream: RandomStream,
): { readonly symbols: Record<string, RationalArray>; readonly comparison: Comparison } {
  for (let tried = 1; ; tried++) {
    try {
      const symbols = symbolsOf(statement, rational, stream);
      const { left, right } = statement.sides(rational, symbols);
      return { symbols, comparison: fractionsApart(left, right) };
    } catch (error) {
      if (!(error instanceof DivisionByZero) || tried === MOST_REDRAWN) throw error;
    }
  }
}

/** The same with true log-ratios. Symbols are small integers, which are points. */
function inTrueLogs(
  { sides }: Statement,
  { enclosed }: Exact,
  symbols: Record<string, RationalArray>,
): Comparison {
  const points = Object.entries(symbols).map(
    ([name, values]) => [name, intervalField.from(values.map(({ n }) => Number(n)))] as const,
  );
  const { left, right } = sides(enclosed, Object.fromEntries(points));
  return intervalsApart(left, right);
}

/**
 * Both sides of a statement on a policy: in ℚ, where log-ratios are free symbols, and in intervals with the true ones if it reads them.
 * @throws DivisionByZero if a divisor is zero for any symbols
 */
function compare(statement: Statement, policy: Exact, stream: RandomStream): Comparison {
  const { symbols, comparison } = inFractions(statement, policy, stream);
  if (statement.readsLogs !== true || comparison.error > 0) return comparison;
  const { error } = inTrueLogs(statement, policy, symbols);
  return { ...comparison, error };
}

/** A wrong statement that reads log-ratios is wrong with the true ones. */
function compareWrong(statement: Statement, policy: Exact, stream: RandomStream): Comparison {
  const { symbols, comparison } = inFractions(statement, policy, stream);
  return statement.readsLogs === true ? inTrueLogs(statement, policy, symbols) : comparison;
}

const inDoubles: Elementary<Float64Array> = {
  log: logs,
  exp: (a) => a.map((x) => Math.exp(x)),
};

/** The largest width of intervals relative to the numbers in them, about. */
function relativeWidth({ lo, hi }: IntervalArray): number {
  return lo.reduce((most, low, i) => {
    const size = Math.max(Math.abs(low), Math.abs(hi[i]!));
    return size === 0 ? most : Math.max(most, (hi[i]! - low) / size);
  }, 0);
}

/** A quantity with true logarithms in two ways, or beside what float64 computes, in intervals that must meet. */
function enclosure({ name, value, also }: EnclosedQuantity, { enclosed, float64 }: Exact): Check {
  const own = value(enclosed, intervalField);
  const other =
    also === undefined ? intervalField.from(value(float64, inDoubles)) : also(enclosed, intervalField);
  const width = relativeWidth(own).toExponential(1);
  const beside = also === undefined ? 'the number of float64 lies in it' : 'those of both ways meet';
  const bound = `enclosed: intervals with outward rounding and true logarithms, of relative width ${width}; ${beside}`;
  return check(name, intervalsApart(own, other), { value: 0, bound });
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
  const { statements, controls, enclosed: quantities = [] } = of;
  const tolerance = ({ readsLogs }: Statement): Tolerance => (readsLogs === true ? withLogs : free);
  const run = (subject: ClaimSubject): Findings => {
    const stream = randomStream(subject.seed, 'exact', 0).split(claim.id);
    const { policy, companion, seed } = subject;
    const own = exactPolicy(policy, 'the policy', MOST_WORK / 10);
    const generic = exactPolicy(companion, 'the companion');
    const refuted = (s: WrongStatement): Control => {
      const put = (of: ClaimSubject, to: Exact): Control =>
        control(of, s.name, s.mistake, compareWrong(s, to, stream.split(s.name)), exactly);
      const first = put(subject, generic);
      if (first.rejected) return first;
      return put({ ...subject, companionIs: 'companion' }, exactPolicy(other(seed), 'the companion'));
    };
    return {
      checks: [
        ...statements
          .filter(isOnTree)
          .map((s) => check(s.name, compare(s, own, stream.split(s.name)), tolerance(s))),
        ...quantities.map((quantity) => enclosure(quantity, own)),
      ],
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
