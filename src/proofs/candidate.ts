// Small policies that anyone can check by hand, as candidates for a counter-example: odds, rewards and further symbols are small integers.
import { type FixedPointArray, fixedPointField } from '../algebra/fixedPoint.ts';
import { type IntervalArray, intervalField } from '../algebra/interval.ts';
import { type RationalArray, rationalField } from '../algebra/rationals.ts';
import { constant } from '../attribution/over/arithmetic.ts';
import { probabilitiesFromOdds } from '../attribution/over/tables.ts';
import type { PolicyOver } from '../attribution/policyOver.ts';
import { type ArrayField, float64Field } from '../base/field.ts';
import type { RandomStream } from '../base/random.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import type { Instance } from './randomPoints.ts';

/** The integers of a small policy on a graph. */
export interface Candidate {
  readonly graph: TrajectoryGraph;
  /** e^{logit} up to a factor for each row [slots]. */
  readonly odds: readonly number[];
  readonly refOdds: readonly number[];
  /** The reward of every leaf [leaves]. */
  readonly reward: readonly number[];
  /** The further symbols of the statement, by name. */
  readonly symbols: Readonly<Record<string, readonly number[]>>;
}

/** What the integers of a candidate are drawn from. */
export interface Range {
  readonly odds: readonly number[];
  readonly rewards: readonly number[];
  readonly symbols: readonly number[];
}

/** Draws a candidate. */
export function drawCandidate(
  graph: TrajectoryGraph,
  { symbols, positive, rewards }: Pick<Statement, 'symbols' | 'positive' | 'rewards'>,
  range: Range,
  random: RandomStream,
): Candidate {
  const draw = (n: number, from: readonly number[]): number[] =>
    Array.from({ length: n }, () => from[random.integer(from.length)]!);
  const values = positive === true ? range.symbols.filter((x) => x > 0) : range.symbols;
  return {
    graph,
    odds: draw(graph.slots, range.odds),
    refOdds: draw(graph.slots, range.odds),
    reward: rewards === undefined ? draw(graph.leaves, range.rewards) : [...rewards(graph)],
    symbols: Object.fromEntries(
      Object.entries(symbols?.(graph) ?? {}).map(([name, size]) => [name, draw(size, values)]),
    ),
  };
}

/** The numbers of a policy that is given by odds, and of a statement, as arrays of a field. */
export interface Numbers<A> {
  /** e^{logit} up to a factor for each row [slots]. */
  readonly odds: A;
  readonly refOdds: A;
  /** The reward of every leaf [leaves]. */
  readonly reward: A;
  readonly symbols: Readonly<Record<string, A>>;
}

/** A policy by odds over a field; `log` gives logarithms where the field has them. */
export function byOdds<A>(
  field: ArrayField<A>,
  graph: TrajectoryGraph,
  { odds, refOdds, reward, symbols }: Numbers<A>,
  log: ((a: A) => A) | undefined,
): Instance<A> {
  const prob = probabilitiesFromOdds(field, graph, odds);
  const refProb = probabilitiesFromOdds(field, graph, refOdds);
  const policy: PolicyOver<A> = {
    field,
    graph,
    prob,
    refProb,
    reward,
    // Statements that do not say that they read log-ratios give the same sides whatever these are.
    logRatio: log === undefined ? constant(field, 0, graph.edges) : field.sub(log(prob), log(refProb)),
  };
  return { policy, symbols };
}

/** A candidate over a field. */
function over<A>(field: ArrayField<A>, candidate: Candidate, log: ((a: A) => A) | undefined): Instance<A> {
  const { graph, odds, refOdds, reward, symbols } = candidate;
  const named = Object.entries(symbols).map(([name, values]) => [name, field.from(values)] as const);
  const numbers = {
    odds: field.from(odds),
    refOdds: field.from(refOdds),
    reward: field.from(reward),
    symbols: Object.fromEntries(named),
  };
  return byOdds(field, graph, numbers, log);
}

/** Logarithms in float64. */
export const logs = (a: Float64Array): Float64Array => a.map((x) => Math.log(x));

/** A candidate in fractions: nothing is rounded, and nothing may read a logarithm. */
export function inRationals(candidate: Candidate): Instance<RationalArray> {
  return over(rationalField, candidate, undefined);
}

/** A candidate in float64, to look for a gap quickly. */
export function inFloat64(candidate: Candidate): Instance<Float64Array> {
  return over(float64Field, candidate, logs);
}

/** A candidate in intervals that enclose its true logarithms, and whatever float64 computes of it. */
export function inIntervals(candidate: Candidate): Instance<IntervalArray> {
  return over(intervalField, candidate, intervalField.log);
}

/** A candidate in intervals that enclose its true logarithms to some fifty decimals. */
export function inFixedPoint(candidate: Candidate): Instance<FixedPointArray> {
  return over(fixedPointField, candidate, fixedPointField.log);
}
