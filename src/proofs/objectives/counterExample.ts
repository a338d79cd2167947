// Searches a small policy on which the answer to a question is no: candidates with small integers, tried in float64, made smaller while
// the answer stays, and confirmed with rigorous intervals.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import { float64Arithmetic } from '../../algebra/arithmetic.ts';
import { type Enclosure, enclosures, holdsZero, UndecidedError } from '../../algebra/enclosure.ts';
import { fractionToNumber, showFraction } from '../../algebra/fraction.ts';
import { randomStream } from '../../base/random.ts';
import type { FormulaBatch } from '../../objectives/formulas/index.ts';
import type { Component } from '../../policy/component.ts';
import { episodesOf } from './episodes.ts';
import { rememberedWeights } from './groupWeights.ts';
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
): Gap<T>[] {
  const { subject, question, drawn, groupSize } = search;
  const source = candidateSource(field, candidate, drawn, valuesOf(field, search, candidate));
  const setting: Setting<T> = {
    field,
    groupSize,
    baseline: field.number(1),
    episodes: (shape, isPadded) => episodesOf(field, shape, source, isPadded),
    weightsOf: rememberedWeights((group: FormulaBatch<T>) => subject.weights(field, group), keyOf),
  };
  return question.gaps(setting);
}

/** Whether some gap is wider than rounding. */
function differs(search: Search, candidate: Candidate): boolean {
  const gaps = gapsOf(float64Arithmetic, search, candidate, String);
  // NaN, where something divides by 0, is not above it.
  return gaps.some(({ found, expected }) => Math.abs(found - expected) > LEAST_GAP);
}

function keyOf({ low, high }: Enclosure): string {
  return `${low.n}/${low.d} ${high.n}/${high.d}`;
}

function show({ low, high }: Enclosure): string {
  if (low.n === high.n && low.d === high.d) return showFraction(low);
  return fractionToNumber(low).toPrecision(8);
}

/** The first place where the intervals of both sides are apart; undefined if there is none, or if intervals cannot tell. */
function confirmed(search: Search, candidate: Candidate): Refutation | undefined {
  let gaps: Gap<Enclosure>[];
  try {
    gaps = gapsOf(enclosures, search, candidate, keyOf);
  } catch (error) {
    // A division by 0 or a comparison that is left open: another candidate may do.
    if (error instanceof UndecidedError || error instanceof RangeError) return undefined;
    throw error;
  }
  const apart = gaps.find(({ found, expected }) => !holdsZero(enclosures.sub(found, expected)));
  if (apart === undefined) return undefined;
  const { question, drawn, groupSize } = search;
  const { place, found, expected } = apart;
  return { candidate, question, drawn, groupSize, place, found: show(found), expected: show(expected) };
}

/** Makes numbers smaller, one after the other, as long as the sides still differ. */
function shrunk(search: Search, candidate: Candidate): void {
  const tryValue = (now: number, value: number, set: (x: number) => void): boolean => {
    if (value >= now) return false;
    set(value);
    if (differs(search, candidate)) return true;
    set(now);
    return false;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const odds of candidate.odds.values()) {
      for (const [i, now] of odds.entries()) {
        changed ||= [1, 2].some((value) => tryValue(now, value, (x) => (odds[i] = x)));
      }
    }
    for (const [key, now] of candidate.rewards) {
      changed ||= [0, 1].some((value) => tryValue(now, value, (x) => candidate.rewards.set(key, x)));
    }
  }
}

/** A small policy on which the answer is no, or undefined if none was found. */
export function counterExample(search: Search): Refutation | undefined {
  for (const [stage, { odds, rewards, tried }] of STAGES.entries()) {
    // With equal odds for both policies all ratios are 1.
    if (search.drawn === 'offPolicy' && odds.length === 1) continue;
    const random = randomStream(1, 'counterExample', stage);
    for (let k = 0; k < tried; k++) {
      const candidate = new Candidate(random, odds, rewards);
      if (!differs(search, candidate)) continue;
      shrunk(search, candidate);
      const found = confirmed(search, candidate);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
