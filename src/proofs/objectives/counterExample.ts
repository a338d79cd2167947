// Searches a small policy on which the answer to a question is no: candidates with small integers, tried in float64, made smaller while
// the answer stays, and confirmed with rigorous intervals.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import { float64Arithmetic } from '../../algebra/arithmetic.ts';
import { DivisionByZero } from '../../algebra/exactField.ts';
import { showFraction } from '../../algebra/fraction.ts';
import {
  boundsOf,
  type FractionOrInterval,
  fractionsOrIntervals,
  hull,
  isExact,
  mayBeZero,
  UndecidedError,
} from '../../algebra/fractionOrInterval.ts';
import { randomStream } from '../../base/random.ts';
import type { PerToken } from '../../objectives/formulas/index.ts';
import type { Component } from '../../policy/component.ts';
import { Cases, CasesError } from './cases.ts';
import { episodesOf } from './episodes.ts';
import { type GroupWeights, RememberedWeights } from './groupWeights.ts';
import type { Gap, Question, Setting } from './questions.ts';
import { Candidate, candidateSource, type Drawn } from './sources.ts';
import type { Subject } from './subject.ts';

/** A policy on which the two sides of a question differ, and where. */
export interface Refutation {
  readonly candidate: Candidate;
  readonly question: Question;
  readonly drawn: Drawn;
  readonly groupSize: number;
  readonly place: string;
  /** Both sides there: fractions, or decimals where a root is in them. */
  readonly found: string;
  readonly expected: string;
}

/** What candidates are drawn from, from small to large, and how many of each are tried. */
const STAGES = [
  { odds: [1], rewards: [0, 1], tried: 60 },
  { odds: [1], rewards: [0, 1, 2], tried: 60 },
  { odds: [1, 1, 2, 3], rewards: [0, 1, 2], tried: 60 },
  { odds: [1, 2, 3, 5, 7], rewards: [0, 1, 2, 3, 5, 7, 11], tried: 60 },
];
/** Below this a difference in float64 is taken for rounding. */
const LEAST_GAP = 1e-7;

/** Candidates that differ in float64 and not beyond doubt, after which the search ends. */
const MOST_UNCONFIRMED = 8;

/** Candidates of each stage at which what holds at random points is compared with float64, for pairs and for larger groups. */
const [COMPARED_IN_PAIRS, COMPARED] = [10, 3];

/** The most groups that a formula can tell apart of one candidate. */
const MOST_DIFFERENT = 4096;

/** What an objective is asked about, and how its groups are drawn. */
export interface Search {
  readonly subject: Subject;
  readonly question: Question;
  readonly drawn: Drawn;
  readonly groupSize: number;
}

/** V(h) of every history of a candidate. */
function valuesOf<T>(
  field: Arithmetic<T>,
  { question: { shape, isPadded } }: Search,
  candidate: Candidate,
): (key: string, component: Component) => T {
  const zero = field.number(0);
  const source = candidateSource(field, candidate, 'onPolicy', () => zero);
  const { rows, leaves } = episodesOf(field, shape, source, isPadded);
  const sums = rows.map(() => ({ probability: zero, reward: zero }));
  for (const { tokens, probability, reward } of leaves) {
    for (const { row } of tokens) {
      const { probability: p, reward: r } = sums[row]!;
      sums[row] = {
        probability: field.add(p, probability),
        reward: field.add(r, field.mul(probability, reward)),
      };
    }
  }
  const values = new Map(
    rows.map(({ key, component }, r) => [
      `${component} ${key}`,
      field.div(sums[r]!.reward, sums[r]!.probability),
    ]),
  );
  return (key, component) => values.get(`${component} ${key}`) ?? zero;
}

function gapsOf<T>(
  field: Arithmetic<T>,
  search: Search,
  candidate: Candidate,
  keyOf: (element: T) => string,
  weightsOf: GroupWeights<T>,
): Gap<T>[] {
  const { question, drawn, groupSize } = search;
  const source = candidateSource(field, candidate, drawn, valuesOf(field, search, candidate));
  const setting: Setting<T> = {
    field,
    groupSize,
    baseline: field.number(1),
    episodes: (shape, isPadded) => episodesOf(field, shape, source, isPadded),
    weights: new RememberedWeights(weightsOf, keyOf),
  };
  return question.gaps(setting);
}

/** found − expected in float64 at every place; NaN where something divides by 0. */
function differences(search: Search, candidate: Candidate): number[] {
  const gaps = gapsOf(float64Arithmetic, search, candidate, String, (group) =>
    search.subject.weights(float64Arithmetic, group),
  );
  return gaps.map(({ found, expected }) => found - expected);
}

/** Whether some gap is wider than rounding. */
function differs(search: Search, candidate: Candidate): boolean {
  return differences(search, candidate).some((x) => Math.abs(x) > LEAST_GAP);
}

function keyOf(a: FractionOrInterval): string {
  return isExact(a) ? showFraction(a) : boundsOf(a).join(' ');
}

function show(a: FractionOrInterval): string {
  return isExact(a) ? showFraction(a) : boundsOf(a)[0].toPrecision(8);
}

/** The weights in every case that intervals leave open: what holds them all. */
function enclosedWeights(subject: Subject): GroupWeights<FractionOrInterval> {
  const open = new Cases();
  const orAsk =
    <A extends unknown[]>(decide: (...args: A) => boolean) =>
    (...args: A): boolean => {
      try {
        return decide(...args);
      } catch (error) {
        if (error instanceof UndecidedError) return open.ask();
        throw error;
      }
    };
  const field = {
    ...fractionsOrIntervals,
    isAbove: orAsk(fractionsOrIntervals.isAbove),
    isZero: orAsk(fractionsOrIntervals.isZero),
  };
  return (group) => {
    let all: PerToken<FractionOrInterval> | undefined;
    open.run(
      () => subject.weights(field, group),
      (weights) => {
        all = all?.map((row, i) => row.map((w, t) => hull(w, weights[i]![t]!))) ?? weights;
        return false;
      },
    );
    return all!;
  };
}

/** The first place where the intervals of both sides are apart; undefined if there is none, or if intervals cannot tell. */
function confirmed(search: Search, candidate: Candidate): Refutation | undefined {
  let gaps: Gap<FractionOrInterval>[];
  try {
    gaps = gapsOf(fractionsOrIntervals, search, candidate, keyOf, enclosedWeights(search.subject));
  } catch (error) {
    // A division by what may be 0, or too many comparisons that intervals leave open: another candidate may do.
    const isOpen = [DivisionByZero, RangeError, CasesError].some((kind) => error instanceof kind);
    if (isOpen) return undefined;
    throw error;
  }
  const apart = gaps.find(({ found, expected }) => !mayBeZero(fractionsOrIntervals.sub(found, expected)));
  if (apart === undefined) return undefined;
  const { question, drawn, groupSize } = search;
  const { place, found, expected } = apart;
  return {
    candidate,
    question,
    drawn,
    groupSize,
    place: place(),
    found: show(found),
    expected: show(expected),
  };
}

/** Makes numbers smaller, one after the other, as long as the sides still differ. */
function shrunk(search: Search, candidate: Candidate): void {
  /** Sets a number to the first value that is smaller and keeps the difference. */
  const lower = (now: number, values: readonly number[], set: (x: number) => void): void => {
    for (const value of values.filter((one) => one < now)) {
      set(value);
      if (differs(search, candidate)) return;
    }
    set(now);
  };
  // Twice, since a number may become smaller once others have.
  for (let pass = 0; pass < 2; pass++) {
    for (const odds of candidate.odds.values()) {
      for (const [i, now] of odds.entries()) lower(now, [1, 2], (x) => (odds[i] = x));
    }
    for (const [key, now] of candidate.rewards) lower(now, [0, 1], (x) => candidate.rewards.set(key, x));
  }
}

/** Candidates from small to large, at most so many of each stage. */
function* candidates({ drawn, question, groupSize }: Search, most: number): Generator<Candidate> {
  // Groups are told apart by numbers of attempts and by rewards, of which there are fewer where groups are large.
  const kinds = Math.floor(MOST_DIFFERENT ** (1 / groupSize) / question.shape.attempts);
  for (const [stage, { odds, rewards: all, tried }] of STAGES.entries()) {
    const rewards = all.slice(0, Math.max(2, kinds));
    // With equal odds for both policies all ratios are 1.
    if (drawn === 'offPolicy' && odds.length === 1) continue;
    const random = randomStream(1, 'counterExample', stage);
    for (let k = 0; k < Math.min(tried, most); k++) yield new Candidate(random, odds, rewards);
  }
}

/** A small policy on which the answer is no, or undefined if none was found. */
export function counterExample(search: Search): Refutation | undefined {
  let unconfirmed = 0;
  for (const candidate of candidates(search, Number.POSITIVE_INFINITY)) {
    if (unconfirmed === MOST_UNCONFIRMED) return undefined;
    if (!differs(search, candidate)) continue;
    shrunk(search, candidate);
    const found = confirmed(search, candidate);
    if (found !== undefined) return found;
    unconfirmed++;
  }
  return undefined;
}

/** What float64 says at small policies of what holds at random points. */
export type Compared = 'agrees' | 'contradicts' | 'hasNoValue';

/**
 * Puts what holds at random points to numbers: a formula may ask whether a number is 0, compute with numbers in another way than over the
 * field, or be defined for no numbers at all.
 */
export function compareWithFloat64(search: Search): Compared {
  const most = search.groupSize === 2 ? COMPARED_IN_PAIRS : COMPARED;
  let hasValue = false;
  for (const candidate of candidates(search, most)) {
    const found = differences(search, candidate);
    if (found.some((x) => Math.abs(x) > LEAST_GAP)) return 'contradicts';
    hasValue ||= found.some((x) => !Number.isNaN(x));
  }
  return hasValue ? 'agrees' : 'hasNoValue';
}
