// Two builds in turn: the same cases on this build and on another one, round by round, so that their quotient does not feel
// what else the machine does. What a kernel tuner asks: is this change faster?
import { join } from 'node:path';
import { InputError } from '../src/base/errors.ts';
import { showText } from '../src/base/show.ts';
import { confidence95, mean } from '../src/base/student.ts';
import { chooseBuild } from '../src/host/wasmBuild.ts';
import { type MeasurableBuild, measurableBuild } from './build.ts';
import { loadModule } from './loadModule.ts';
import type { Effort, Timing } from './measure.ts';
import { inTurn, ratiosOf } from './rounds.ts';
import { announce, type BenchOptions, effortOf } from './run.ts';
import { type Selected, selectCases } from './select.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** One case on both builds. */
export interface InterleavedCase {
  readonly suite: string;
  readonly name: string;
  /** Speed of this build / speed of the other: above 1 this build is faster. */
  readonly ratio: number;
  readonly ci95: readonly [number, number];
  readonly verdict: Verdict;
}

/** The whole comparison. */
export interface Interleaving {
  /** `relaxed, 1 thread`. */
  readonly builds: readonly [now: string, other: string];
  readonly cases: readonly InterleavedCase[];
  readonly losses: readonly InterleavedCase[];
  /** Cases that the other build does not have, as `suite name`. */
  readonly missing: readonly string[];
}

/** Geometric mean of the quotients of the rounds, and its interval: quotients spread evenly on the scale of logarithms. */
export function speedRatio(
  now: readonly Timing[],
  other: readonly Timing[],
): { readonly ratio: number; readonly ci95: readonly [number, number] } {
  const logs = ratiosOf(other, now).map(Math.log);
  const [low, high] = confidence95(logs);
  return { ratio: Math.exp(mean(logs)), ci95: [Math.exp(low), Math.exp(high)] };
}

/**
 * The other side: this build with `plain` or `relaxed` kernels or on other `threads=N`, or the build in a dist folder.
 * @throws InputError if there is no build, or one from before builds could be interleaved
 */
export async function otherBuild(other: string): Promise<MeasurableBuild> {
  if (other === 'plain' || other === 'relaxed') return measurableBuild({ build: chooseBuild(other) });
  const threads = /^threads=(.*)$/.exec(other)?.[1];
  if (threads !== undefined) return measurableBuild({ threads: Number(threads) });
  const module = await loadModule(join(other, 'bench', 'index.js'), '--interleave');
  if (typeof module.measurableBuild !== 'function') {
    throw new InputError(`--interleave: the build in ${showText(other)} is too old to be interleaved`);
  }
  return module.measurableBuild() as MeasurableBuild;
}

function describe({ build, kernels: { threads } }: MeasurableBuild): string {
  return `${build}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

async function compareCase(
  { suite, benchCase: { name } }: Selected,
  [now, other]: readonly [MeasurableBuild, MeasurableBuild],
  effort: Effort,
): Promise<InterleavedCase> {
  const mine = now.open(suite.name, name);
  try {
    const theirs = other.open(suite.name, name);
    try {
      const [a, b] = await inTurn([mine.ours, theirs.ours], effort);
      const { ratio, ci95 } = speedRatio(a!, b!);
      return { suite: suite.name, name, ratio, ci95, verdict: verdictOf(ci95) };
    } finally {
      theirs.close();
    }
  } finally {
    mine.close();
  }
}

/**
 * Measures the cases that both builds have.
 * @throws InputError for an unknown suite, or if they have no case in common; Error if a kernel of either build computes wrongly
 */
export async function interleave(
  names: readonly string[],
  other: MeasurableBuild,
  options: BenchOptions = {},
): Promise<Interleaving> {
  const list = selectCases(names, options.only);
  const now = measurableBuild();
  const common = list.filter(({ suite, benchCase }) => other.has(suite.name, benchCase.name));
  if (common.length === 0) {
    throw new InputError(
      `--interleave: expected a case that both builds have, found none; this build has ${list.length} of those asked for`,
    );
  }
  const cases: InterleavedCase[] = [];
  for (const [i, selected] of common.entries()) {
    await announce(options, common, i);
    cases.push(await compareCase(selected, [now, other], effortOf(options)));
  }
  return {
    builds: [describe(now), describe(other)],
    cases,
    losses: cases.filter(({ verdict }) => verdict === 'loss'),
    missing: list
      .filter((selected) => !common.includes(selected))
      .map(({ suite, benchCase }) => `${suite.name} ${benchCase.name}`),
  };
}
