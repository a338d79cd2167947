// A statement put to one policy, such as that of a counter-example's file: both sides in float64, and as fractions, or in intervals where
// it reads logarithms.
import { DivisionByZero } from '../algebra/exactField.ts';
import {
  type Fraction,
  fractionToNumber,
  negated,
  showFraction,
  subtractFractions,
} from '../algebra/fraction.ts';
import { type IntervalArray, intervalField } from '../algebra/interval.ts';
import { type RationalArray, rationalField } from '../algebra/rationals.ts';
import { EvaluatedPolicy } from '../attribution/evaluatedPolicy.ts';
import { policyInFloat64 } from '../attribution/over/instance.ts';
import { InputError } from '../base/errors.ts';
import { float64Field } from '../base/field.ts';
import { showText } from '../base/show.ts';
import type { Comparison } from '../claims/check.ts';
import { Graphs, shapeAt, stepGraph } from '../claims/shared/places.ts';
import type { Sides, Statement } from '../claims/statement.ts';
import { leafFractions } from '../policy/fractions.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { tabularModel } from '../policy/model.ts';
import type { PutStatement } from '../policy/putStatement.ts';
import { decisionKeys, leafKeys, type PolicyShape, sampleKeys } from '../policy/shape.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { byOdds, logs, type Numbers } from './candidate.ts';
import { shownInterval, widestGap } from './counterExample.ts';
import { placesIn } from './counterPolicy.ts';
import { fractionsApart, intervalsApart } from './exactComparison.ts';
import type { Instance } from './randomPoints.ts';

/** A statement with the numbers of one policy on the graph that it speaks of. */
export interface OnPolicy {
  readonly statement: Statement;
  readonly evaluated: EvaluatedPolicy;
  readonly inFloat64: Instance<Float64Array>;
  /** The numbers as fractions, where the policy and its reference are given by odds. */
  readonly fractions: Numbers<RationalArray> | undefined;
}

/** Both sides of a statement at the entry where they differ most. */
export interface Gap {
  readonly entry: number;
  readonly left: number;
  readonly right: number;
  /** |left − right|, or what left is above right by where only that is asked for. */
  readonly gap: number;
  /** The same as fractions, or as intervals that have the true numbers in them. */
  readonly exact?: { readonly left: string; readonly right: string; readonly gap: string };
}

/** A statement says nothing where something is divided by 0, or about decisions where there are none. */
export const SAYS_NOTHING =
  'it says nothing about this policy: something is divided by 0 there, or it has no decisions of which it could speak';

function inWords({ attempts, length, vocabulary }: PolicyShape): string {
  return `attempts ${attempts}, length ${length}, vocabulary ${vocabulary}`;
}

/** The graph of a statement for a policy file. @throws InputError if the shape of the file is none that it speaks of */
function graphOf(
  statement: Statement,
  { shape }: TabularPolicy,
  source: string,
  component: PutStatement['component'],
): TrajectoryGraph {
  const refuse = (expected: string): never => {
    throw new InputError(
      `${source}: expected ${expected}, of which "${showText(statement.name, 60)}" speaks, found ${inWords(shape)}`,
    );
  };
  const { place = 'tree' } = statement;
  if (place !== 'step' && place !== 'smallTree') return new Graphs(shape).of(statement)[0]!;
  if (place === 'smallTree') {
    const { attempts, length, vocabulary } = shapeAt(statement, shape);
    const fits = shape.attempts === attempts && shape.length === length && shape.vocabulary === vocabulary;
    return fits
      ? new Graphs(shape).of(statement)[0]!
      : refuse('at most two attempts of one token from at most three');
  }
  if (component === undefined) {
    throw new InputError(`${source}: statement.component is missing; expected "sample" or "decision"`);
  }
  if (shape.attempts !== 1 || shape.length !== 1) refuse('one attempt of one token, the history of a step');
  if (component === 'decision' && shape.vocabulary !== 2)
    refuse('one token from two, which stand for a decision');
  return stepGraph(component, shape.vocabulary);
}

/** Which numbers of a policy on its tree those of a graph are. */
interface Picked {
  /** Of every slot, the index in the tables of the tree, sample rows first [slots]. */
  readonly slot: Int32Array;
  /** Of every leaf, the index of a trajectory [leaves]. */
  readonly leaf: Int32Array;
}

/** Where a number of the tables stands in the file. */
function placeOf({ shape, logits }: TabularPolicy, index: number): string {
  const table = logits.odds === undefined ? 'logits' : 'odds';
  const sampleSize = logits.sample.length;
  const isSample = index < sampleSize;
  const width = isSample ? shape.vocabulary : 2;
  const row = Math.floor((isSample ? index : index - sampleSize) / width);
  const keys = [...(isSample ? sampleKeys(shape) : decisionKeys(shape))];
  return `${table}.${isSample ? 'sample' : 'decision'}["${keys[row]}"]`;
}

/** @throws InputError if histories that the statement takes for one have different numbers */
function pick(statement: Statement, graph: TrajectoryGraph, policy: TabularPolicy, source: string): Picked {
  const { sample, decision, leaf } = placesIn(statement, graph, policy.shape);
  const { logits, reference, reward } = tabularModel(policy);
  const why =
    'since it is put to the padding construction, which tells histories apart by first tokens alone';
  const slot = new Int32Array(graph.slots).fill(-1);
  [...Array.from(sample), ...Array.from(decision)].forEach((s, i) => {
    const first = slot[s]!;
    if (first < 0) slot[s] = i;
    else if (logits[i] !== logits[first] || reference[i] !== reference[first]) {
      throw new InputError(
        `${source}: ${placeOf(policy, i)}: expected the numbers of ${placeOf(policy, first)}, ${why}`,
      );
    }
  });
  // A tree has one row for padding of all positions, of which a graph may have one each.
  for (const [s, from] of slot.entries()) if (from < 0) slot[s] = slot[s - graph.vocabulary]!;
  const leaves = new Int32Array(graph.leaves).fill(-1);
  reward.forEach((r, i) => {
    const first = leaves[leaf(i)]!;
    if (first < 0) leaves[leaf(i)] = i;
    else if (r !== reward[first]) {
      const keys = [...leafKeys(policy.shape)];
      throw new InputError(`${source}: reward of "${keys[i]}": expected that of "${keys[first]}", ${why}`);
    }
  });
  return { slot, leaf: leaves };
}

function gather<T>(values: ArrayLike<T>, index: Int32Array): T[] {
  return Array.from(index, (i) => values[i]!);
}

/** The further symbols of a statement. @throws InputError if the file has not those that it reads */
function checkSymbols(
  { name, symbols }: Statement,
  graph: TrajectoryGraph,
  given: PutStatement['symbols'],
  source: string,
): void {
  const sizes = symbols?.(graph) ?? {};
  for (const [symbol, size] of Object.entries(sizes)) {
    const found = given[symbol]?.length;
    if (found === size) continue;
    const said = found === undefined ? 'is missing; expected' : 'expected';
    const place = `${source}: statement.symbols.${symbol}${found === undefined ? '' : ':'}`;
    const rest = found === undefined ? '' : `, found ${found}`;
    throw new InputError(`${place} ${said} ${size} numbers${rest}`);
  }
  const surplus = Object.keys(given).find((symbol) => !Object.hasOwn(sizes, symbol));
  if (surplus === undefined) return;
  const known = Object.keys(sizes).join(', ') || 'none';
  throw new InputError(
    `${source}: statement.symbols.${showText(surplus, 40)} is no symbol of "${showText(name, 60)}"; its symbols are ${known}`,
  );
}

/**
 * Puts a statement to the policy of a file.
 * @param source the name of the policy in messages
 * @throws InputError if the shape of the policy, its rows or the symbols do not fit the statement
 */
export function onPolicy(
  statement: Statement,
  policy: TabularPolicy,
  source: string,
  { component, symbols }: Pick<PutStatement, 'component' | 'symbols'>,
): OnPolicy {
  const graph = graphOf(statement, policy, source, component);
  checkSymbols(statement, graph, symbols, source);
  const { slot, leaf } = pick(statement, graph, policy, source);
  const model = tabularModel(policy);
  const [logits, reference, reward] = [
    [model.logits, slot],
    [model.reference, slot],
    [model.reward, leaf],
  ].map(([values, index]) => Float64Array.from(gather(values as Float64Array, index as Int32Array)));
  const evaluated = new EvaluatedPolicy({ graph, logits: logits!, reference: reference!, reward: reward! });
  const fractions = inFractions(policy, { slot, leaf }, symbols);
  const floats = (values: readonly Fraction[]): Float64Array => Float64Array.from(values, fractionToNumber);
  const inFloat64 =
    fractions === undefined
      ? { policy: policyInFloat64(evaluated), symbols: mapped(symbols, floats) }
      : byOdds(float64Field, graph, numbersIn(fractions, floats), logs);
  return { statement, evaluated, inFloat64, fractions };
}

function mapped<A, B>(values: Readonly<Record<string, A>>, f: (a: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([name, a]) => [name, f(a)]));
}

function numbersIn<A>(
  { odds, refOdds, reward, symbols }: Numbers<RationalArray>,
  f: (values: RationalArray) => A,
): Numbers<A> {
  return { odds: f(odds), refOdds: f(refOdds), reward: f(reward), symbols: mapped(symbols, f) };
}

function inFractions(
  policy: TabularPolicy,
  { slot, leaf }: Picked,
  symbols: PutStatement['symbols'],
): Numbers<RationalArray> | undefined {
  const { logits, reference } = policy;
  if (logits.odds === undefined || reference.odds === undefined) return undefined;
  const table = ({ sample, decision }: NonNullable<typeof logits.odds>): Fraction[] =>
    gather([...sample, ...decision], slot);
  return {
    odds: table(logits.odds),
    refOdds: table(reference.odds),
    reward: gather(leafFractions(policy), leaf),
    symbols: mapped(symbols, (values) => [...values]),
  };
}

/** The numbers of a policy by odds in intervals with its true log-ratios. */
export function inIntervals(
  graph: TrajectoryGraph,
  numbers: Numbers<RationalArray>,
): Instance<IntervalArray> {
  const enclose = (values: RationalArray): IntervalArray =>
    intervalField.fractions(
      values.map(({ n }) => n),
      values.map(({ d }) => d),
    );
  return byOdds(intervalField, graph, numbersIn(numbers, enclose), intervalField.log);
}

/** The entry with the widest gap. */
function entryOf({ left, right }: Sides<Float64Array>, above: boolean): number {
  const widest = widestGap({ left, right }, above);
  if (widest >= 0) return widest;
  let at = 0;
  for (let i = 1; i < left.length; i++) {
    if (Math.abs(left[i]! - right[i]!) > Math.abs(left[at]! - right[at]!)) at = i;
  }
  return at;
}

/** Both sides of a statement at an entry as fractions, or in intervals. @throws DivisionByZero */
function exactly(
  { statement, evaluated: { graph }, fractions }: OnPolicy & { readonly fractions: Numbers<RationalArray> },
  entry: number,
): NonNullable<Gap['exact']> {
  if (statement.readsLogs === true) {
    const { policy, symbols } = inIntervals(graph, fractions);
    const { left, right } = statement.sides(policy, symbols);
    const gap = intervalField.sub(left, right);
    const show = ({ lo, hi }: IntervalArray): string => shownInterval(lo[entry]!, hi[entry]!);
    const isNegative = gap.hi[entry]! < 0;
    return {
      left: show(left),
      right: show(right),
      gap: show(isNegative ? intervalField.sub(right, left) : gap),
    };
  }
  const { policy, symbols } = byOdds<RationalArray>(rationalField, graph, fractions, undefined);
  const { left, right } = statement.sides(policy, symbols);
  const [l, r] = [left[entry]!, right[entry]!];
  const gap = subtractFractions(l, r);
  return {
    left: showFraction(l),
    right: showFraction(r),
    gap: showFraction(gap.n < 0n ? negated(gap) : gap),
  };
}

/**
 * How far both sides of a statement are apart in fractions, or surely at least in intervals where it reads logarithms.
 * @throws DivisionByZero
 */
export function exactComparison(
  { statement, evaluated: { graph } }: OnPolicy,
  fractions: Numbers<RationalArray>,
  above: boolean,
): Comparison {
  if (statement.readsLogs === true) {
    const { policy, symbols } = inIntervals(graph, fractions);
    const { left, right } = statement.sides(policy, symbols);
    return intervalsApart(left, right, above);
  }
  const { policy, symbols } = byOdds<RationalArray>(rationalField, graph, fractions, undefined);
  const { left, right } = statement.sides(policy, symbols);
  return fractionsApart(left, right, above);
}

/**
 * Both sides of a statement on a policy, at the entry where they differ most: as `prove` and `refute` print them of a counter-example.
 * @param above only what left is above right by
 * @param exact also as fractions, or in intervals where the statement reads logarithms; the policy must be given by odds
 * @returns undefined where something is divided by 0, or the sides have no entries
 */
export function gapOn(put: OnPolicy, above: boolean, exact: boolean): Gap | undefined {
  const { statement, inFloat64, fractions } = put;
  const sides = statement.sides(inFloat64.policy, inFloat64.symbols);
  const entry = entryOf(sides, above);
  const [left, right] = [sides.left[entry], sides.right[entry]];
  if (left === undefined || right === undefined || !Number.isFinite(left - right)) return undefined;
  const gap = above ? Math.max(0, left - right) : Math.abs(left - right);
  if (!exact || fractions === undefined) return { entry, left, right, gap };
  try {
    return { entry, left, right, gap, exact: exactly({ ...put, fractions }, entry) };
  } catch (error) {
    if (error instanceof DivisionByZero) return undefined;
    throw error;
  }
}
