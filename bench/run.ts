// Runs suites: every case is compared with the reference kernels first, then timed; the ceiling is measured before and
// after, because a machine's clock moves.
import { cpus } from 'node:os';
import { InputError } from '../src/base/errors.ts';
import { suggest } from '../src/base/suggest.ts';
import { loadWasmKernelsSync } from '../src/experiments/host/kernels.ts';
import { type Kernels, referenceKernels } from '../src/kernels/index.ts';
import { ceilingHow, measureCeiling } from './ceiling.ts';
import { clockResolution, type Effort, time } from './measure.ts';
import type { BenchResult, CaseResult } from './result.ts';
import { confidence95, mean } from './statistics.ts';
import type { BenchCase, Suite } from './suite.ts';
import { suites } from './suites/index.ts';
import { timingWarnings } from './warnings.ts';

/** Where a run is. */
export interface BenchProgress {
  readonly suite: string;
  readonly name: string;
  /** 1 … total. */
  readonly index: number;
  readonly total: number;
}

/** How to run; everything has a default. */
export interface BenchOptions {
  readonly onProgress?: (progress: BenchProgress) => void;
  /** Samples of a case at least (30). */
  readonly minSamples?: number;
  /** Seconds of a case about (0.5). */
  readonly maxSeconds?: number;
}

/** A measured case whose ratio to the ceiling is not known yet. */
type Unrated = Omit<CaseResult, 'ofCeiling'>;

/** The suites of these names, all if there are none. @throws InputError for an unknown name */
export function selectSuites(names: readonly string[]): Suite[] {
  if (names.length === 0) return Object.values(suites);
  return [...new Set(names)].map((name) => {
    const suite = Object.hasOwn(suites, name) ? suites[name] : undefined;
    if (suite === undefined) {
      throw new InputError(
        `unknown suite "${name}"${suggest(name, Object.keys(suites))}; known: ${Object.keys(suites).join(', ')}`,
      );
    }
    return suite;
  });
}

function measureCase(
  suite: Suite,
  benchCase: BenchCase,
  kernels: Kernels,
  effort: Effort,
  clock: number,
): Unrated {
  const prepared = benchCase.prepare(kernels);
  try {
    const errorRatio = prepared.errorRatio(referenceKernels());
    if (!(errorRatio <= 1)) {
      throw new Error(`${suite.name} ${benchCase.name}: the error is ${errorRatio} times what it may be`);
    }
    const timing = time(`${suite.name} ${benchCase.name}`, prepared.run, effort);
    const samples = timing.seconds.map((seconds) => benchCase.work / seconds);
    return {
      suite: suite.name,
      name: benchCase.name,
      unit: benchCase.unit,
      value: mean(samples),
      ci95: confidence95(samples),
      samples,
      peers: {},
      warnings: timingWarnings(suite.name, timing, clock),
    };
  } finally {
    prepared.release();
  }
}

/** The ceiling moved: ratios are uncertain by that much. */
function driftWarnings(before: number, after: number): string[] {
  if (Math.abs(after / before - 1) <= 0.1) return [];
  return [
    `the ceiling moved from ${before.toFixed(1)} to ${after.toFixed(1)} GFLOP/s during the run: ratios are uncertain ` +
      'by as much; run again when nothing else is running',
  ];
}

/**
 * Runs the named suites (all if none is named), blocking for up to a second between two turns of the event loop.
 * @throws InputError for an unknown suite or kernels that have not been built; Error if a kernel computes wrongly
 */
export async function runBench(names: readonly string[], options: BenchOptions = {}): Promise<BenchResult> {
  const chosen = selectSuites(names);
  const effort: Effort = { minSamples: options.minSamples ?? 30, maxSeconds: options.maxSeconds ?? 0.5 };
  const kernels = loadWasmKernelsSync();
  const clock = clockResolution();
  const before = measureCeiling();
  const list = chosen.flatMap((suite) => suite.cases.map((benchCase) => ({ suite, benchCase })));
  const measured: { unrated: Unrated; benchCase: BenchCase }[] = [];
  for (const [i, { suite, benchCase }] of list.entries()) {
    options.onProgress?.({ suite: suite.name, name: benchCase.name, index: i + 1, total: list.length });
    await new Promise((resolve) => setImmediate(resolve));
    measured.push({ unrated: measureCase(suite, benchCase, kernels, effort, clock), benchCase });
  }
  const after = measureCeiling();
  const gflops = Math.max(before, after);
  const drift = driftWarnings(before, after);
  const processors = cpus();
  return {
    schema: 'gradsplit/bench@1',
    machine: { cpu: processors[0]?.model ?? 'unknown', node: process.versions.node, threads: 1 },
    build: kernels.build,
    ceiling: { gflops, how: [ceilingHow, ...chosen.map((suite) => suite.ceilingHow)].join('; ') },
    results: measured.map(({ unrated, benchCase }) => ({
      ...unrated,
      ofCeiling: Math.max(...unrated.samples) / benchCase.ceiling(gflops),
      warnings: [...unrated.warnings, ...drift],
    })),
  };
}
