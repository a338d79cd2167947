// A statement in float64: `verify` puts what the library computes to the text that `prove` decides for all policies.
import { DivisionByZero } from '../../algebra/exactField.ts';
import type { IntervalArray } from '../../algebra/interval.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { policyInFloat64 } from '../../attribution/over/instance.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import type { RandomStream } from '../../base/random.ts';
import { type Comparison, difference, distance, worst } from '../check.ts';
import type { Sides, Statement, Symbols } from '../statement.ts';
import { gapsOf } from './gapsOf.ts';
import { policyInIntervals } from './inIntervals.ts';

/** A value of the library: a number, or one for each entry of the sides of a statement. */
type Computed = number | Float64Array;

function compare(measured: Computed, expected: Computed): Comparison {
  const [m, e] = [measured, expected].map((x) => (typeof x === 'number' ? Float64Array.of(x) : x));
  return m!.length === 1 && e!.length === 1 ? difference(m![0]!, e![0]!) : distance(m!, e!);
}

/**
 * What the library computes for the left side of a statement against the text of its right side, and the other way round: the one with
 * the larger error.
 * @param left the library's value of the left side
 * @param right the library's value of the right side
 * @param symbols the further symbols of the statement
 */
export function againstStatement(
  statement: Statement,
  policy: EvaluatedPolicy,
  left: Computed,
  right: Computed,
  symbols: Symbols<Float64Array> = {},
): Comparison {
  const text = statement.sides(policyInFloat64(policy), symbols);
  return worst([compare(left, text.right), compare(text.left, right)]);
}

/** What the library computes for the left side of a statement against the text of its right side. */
export function leftAgainstStatement(
  { sides }: Statement,
  policy: EvaluatedPolicy,
  left: Computed,
  symbols: Symbols<Float64Array> = {},
): Comparison {
  return compare(left, sides(policyInFloat64(policy), symbols).right);
}

/** What the library computes for sides of a statement, by other code than its text. */
export interface OfLibrary {
  readonly left?: Computed;
  readonly right?: Computed;
  /** What the terms of either side add up to in absolute value, for the rounding of the library. */
  readonly size: number;
  /** The terms in words. */
  readonly terms: string;
}

/** Computes sides of a statement on a policy with further symbols. */
export type Library = (policy: EvaluatedPolicy, symbols: Symbols<Float64Array>) => OfLibrary;

/** A comparison with the tolerance that it has. */
export interface Compared {
  readonly comparison: Comparison;
  readonly tolerance: Tolerance;
}

/** Symbols that were drawn in a row at which a divisor may be zero, after which it is taken to be zero always. */
const MOST_REDRAWN = 20;

/** Further symbols of a statement, from ½ to 1½: whatever is true of these is true of all others. */
function drawSymbols(
  { symbols }: Statement,
  { graph }: EvaluatedPolicy,
  random: RandomStream,
): Record<string, Float64Array> {
  const drawn = (n: number): Float64Array => Float64Array.from({ length: n }, () => 0.5 + random.uniform());
  return Object.fromEntries(Object.entries(symbols?.(graph) ?? {}).map(([name, n]) => [name, drawn(n)]));
}

/** The gap of two sides that fails, or comes closest to it, of `allowed` in each entry. */
function tightest(
  left: Float64Array,
  right: Float64Array,
  allowed: Float64Array,
  bound: string,
  above = false,
): Compared {
  const gaps = gapsOf(left, right, above);
  let at = 0;
  let most = -1;
  for (const [i, gap] of gaps.entries()) {
    const share = gap === 0 ? 0 : gap <= allowed[i]! ? gap / allowed[i]! : 1 + gap;
    if (share > most || Number.isNaN(share)) [at, most] = [i, share];
    if (Number.isNaN(share)) break;
  }
  // Sides without entries say nothing, and agree.
  const [measured, expected, error, value] = [left, right, gaps, allowed].map((x) => x[at] ?? 0);
  return {
    comparison: { measured: measured!, expected: expected!, error: error! },
    tolerance: { value: value!, bound },
  };
}

/** The one of several comparisons that fails, or comes closest to it. */
export function closestOf(all: readonly Compared[]): Compared {
  const share = ({ comparison: { error }, tolerance: { value } }: Compared): number =>
    error === 0 ? 0 : error <= value ? error / value : 1 + error;
  return all.reduce((a, b) => (Number.isNaN(a.comparison.error) || share(a) >= share(b) ? a : b));
}

function asArray(x: Computed): Float64Array {
  return typeof x === 'number' ? Float64Array.of(x) : x;
}

const TEXT = 'rounding: the widths of both sides of the statement in intervals';

/** Both sides of a statement in float64, and in intervals that have them and what they should be in them. */
function sidesOf(
  statement: Statement,
  asked: EvaluatedPolicy,
  random: RandomStream,
): {
  readonly symbols: Symbols<Float64Array>;
  readonly text: Sides<Float64Array>;
  readonly width: Float64Array[];
} {
  const { rewards } = statement;
  const own = rewards === undefined ? undefined : Float64Array.from(rewards(asked.graph));
  const given = <A>(field: { from(x: ArrayLike<number>): A }): { reward?: A } =>
    own === undefined ? {} : { reward: field.from(own) };
  for (let tried = 1; ; tried++) {
    const symbols = drawSymbols(statement, asked, random);
    try {
      const bounds = policyInIntervals(asked);
      const points = Object.fromEntries(Object.entries(symbols).map(([name, x]) => [name, { lo: x, hi: x }]));
      const enclosed = statement.sides<IntervalArray>({ ...bounds, ...given(bounds.field) }, points);
      const policy = policyInFloat64(asked);
      const text = statement.sides<Float64Array>({ ...policy, ...given(policy.field) }, symbols);
      const width = [enclosed.left, enclosed.right].map(({ lo, hi }) => hi.map((x, i) => x - lo[i]!));
      return { symbols, text, width };
    } catch (error) {
      if (!(error instanceof DivisionByZero) || tried === MOST_REDRAWN) throw error;
    }
  }
}

/**
 * Both sides of a statement against each other, and what the library computes for one side against the text of the other.
 * @param options what the library computes, and whether only left above right is a gap
 * @throws DivisionByZero if a divisor may be zero for any further symbols
 */
export function inFloat64(
  statement: Statement,
  policy: EvaluatedPolicy,
  random: RandomStream,
  { library, above = false }: { readonly library?: Library | undefined; readonly above?: boolean } = {},
): Compared {
  const { symbols, text, width } = sidesOf(statement, policy, random);
  const [ofLeft, ofRight] = width;
  const both = ofLeft!.map((w, i) => w + (ofRight![i] ?? 0));
  const compared = [tightest(text.left, text.right, both, TEXT, above)];
  if (library !== undefined) {
    const { left, right, size, terms } = library(policy, symbols);
    const { value, bound } = policy.rounding(size, terms);
    const more = (w: Float64Array): Float64Array => w.map((x) => x + value);
    const words = `${bound}, and the width of the statement’s side in intervals`;
    if (left !== undefined) compared.push(tightest(asArray(left), text.right, more(ofRight!), words));
    if (right !== undefined) compared.push(tightest(asArray(right), text.left, more(ofLeft!), words));
  }
  return closestOf(compared);
}
