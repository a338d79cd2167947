// A run against an earlier one. What is compared is each run's share of its own ceiling, because a machine's clock, or the
// machine, may have changed in between; how uncertain it is comes from the spread of the samples.
import { InputError } from '../src/base/errors.ts';
import type { BenchResult, CaseResult } from '../src/documents/bench.ts';
import { selectCases } from './select.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** One case in both runs. */
export interface ComparedCase {
  readonly suite: string;
  readonly name: string;
  /** ofCeiling now / ofCeiling then: below 1 is slower. */
  readonly ratio: number;
  /** 95 % confidence interval of the ratio. */
  readonly ci95: readonly [number, number];
  readonly verdict: Verdict;
}

/** The whole comparison. */
export interface BenchComparison {
  readonly cases: readonly ComparedCase[];
  /** The cases among them that have become slower: the interval ends below 0.95. */
  readonly losses: readonly ComparedCase[];
  /** Cases of the baseline that were not run now, as `suite name`. */
  readonly missing: readonly string[];
  /** What differs between the two runs besides the code. */
  readonly notes: readonly string[];
}

/** Relative half width of a case's interval. */
function relativeHalf({ value, ci95 }: CaseResult): number {
  return (ci95[1] - ci95[0]) / 2 / value;
}

function compareCase(now: CaseResult, then: CaseResult): ComparedCase {
  const ratio = now.ofCeiling / then.ofCeiling;
  // Independent relative errors add in squares.
  const half = ratio * Math.hypot(relativeHalf(now), relativeHalf(then));
  const ci95 = [ratio - half, ratio + half] as const;
  return { suite: now.suite, name: now.name, ratio, ci95, verdict: verdictOf(ci95) };
}

function difference(what: string, then: string | number, now: string | number): string[] {
  return then === now ? [] : [`${what} differs: ${then} in the baseline, ${now} now`];
}

function nothingInCommon(): InputError {
  return new InputError('--compare: expected a case of the baseline among those that are run, found none');
}

/**
 * Checks before a run that its cases can be compared with those of a baseline.
 * @throws InputError if none can
 */
export function checkComparable(
  names: readonly string[],
  only: string | undefined,
  { results }: BenchResult,
): void {
  const selected = selectCases(names, only);
  const isThere = ({ suite, name }: CaseResult): boolean =>
    selected.some((one) => one.suite.name === suite && one.benchCase.name === name);
  if (!results.some(isThere)) throw nothingInCommon();
}

/**
 * Compares the cases both runs have.
 * @throws InputError if there are none
 */
export function compareBench(result: BenchResult, baseline: BenchResult): BenchComparison {
  const key = (r: CaseResult): string => `${r.suite} ${r.name}`;
  const now = new Map(result.results.map((r) => [key(r), r]));
  const cases = baseline.results.flatMap((then) => {
    const match = now.get(key(then));
    return match === undefined ? [] : [compareCase(match, then)];
  });
  if (cases.length === 0) throw nothingInCommon();
  return {
    cases,
    losses: cases.filter((c) => c.verdict === 'loss'),
    missing: baseline.results.map(key).filter((name) => !now.has(name)),
    notes: [
      ...difference('cpu', baseline.machine.cpu, result.machine.cpu),
      ...difference('node', baseline.machine.node, result.machine.node),
      ...difference('threads', baseline.machine.threads, result.machine.threads),
      ...difference('build', baseline.build, result.build),
    ],
  };
}
