// Runs suites: every case is compared with the reference kernels first, then timed, in turn with the peers that do the same
// work; the ceiling is measured before, between and after, because a machine's clock moves.
import { cpus } from 'node:os';
import { confidence95, mean } from '../src/base/student.ts';
import type { BenchResult, CaseResult } from '../src/documents/bench.ts';
import type { WasmBuild } from '../src/host/wasmBuild.ts';
import type { Kernels } from '../src/kernels/index.ts';
import { kernelsInfo } from '../src/kernels/info.ts';
import { measurableBuild, type OpenCase } from './build.ts';
import { ceilingHow, ceilingOf } from './ceiling.ts';
import { clockResolution, type Effort } from './measure.ts';
import type { Peer } from './peer.ts';
import { openPeerCases } from './peerCases.ts';
import { inTurn, joined, ratiosOf } from './rounds.ts';
import { derivedRows } from './rows.ts';
import { type Selected, selectCases } from './select.ts';
import { type BenchCase, shareOfLimit } from './suite.ts';
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
  /** Only cases whose name contains this. */
  readonly only?: string;
  /** Kernels to measure; those that the engine and the environment choose if left out. */
  readonly kernels?: Kernels;
  /** Others to measure on the same work. */
  readonly peers?: readonly Peer[];
}

/** How hard to measure, with the defaults. */
export function effortOf({ minSamples = 30, maxSeconds = 0.5 }: BenchOptions): Effort {
  return { minSamples, maxSeconds };
}

/** Tells where the run is and lets the event loop turn. */
export async function announce(
  { onProgress }: BenchOptions,
  list: readonly Selected[],
  i: number,
): Promise<void> {
  const { suite, benchCase } = list[i]!;
  onProgress?.({ suite: suite.name, name: benchCase.name, index: i + 1, total: list.length });
  await new Promise((resolve) => setImmediate(resolve));
}

/** A measured case whose share of the ceiling is not known yet. */
type Unrated = Omit<CaseResult, 'ofCeiling'>;

async function measureCase(
  { suite, benchCase }: Selected,
  open: OpenCase,
  peers: readonly Peer[],
  effort: Effort,
  clock: number,
): Promise<Unrated> {
  const { measure, name } = benchCase;
  const peerCases = await openPeerCases(peers, benchCase, open.judge);
  try {
    const against = open.against === undefined ? [] : [open.against];
    const others = peerCases.cases.map((peer) => peer.contender);
    const timings = await inTurn([open.ours, ...against, ...others], effort);
    const [ours, denominator] = [timings[0]!, timings[1]!];
    const samples =
      'work' in measure
        ? joined(ours).seconds.map((seconds) => measure.work / seconds)
        : ratiosOf(ours, denominator);
    const peerValues = peerCases.cases.map((peer, p) => {
      const { seconds } = joined(timings[1 + against.length + p]!);
      return [peer.name, { value: mean(seconds.map((s) => ('work' in measure ? measure.work / s : s))) }];
    });
    return {
      suite: suite.name,
      name,
      unit: measure.unit,
      value: mean(samples),
      ci95: confidence95(samples),
      samples,
      peers: Object.fromEntries(peerValues),
      warnings: [...timingWarnings(suite.name, joined(ours), clock), ...peerCases.warnings],
    };
  } finally {
    await peerCases.close();
  }
}

/** The ceiling moved: shares are uncertain by that much. */
function driftWarnings(ceilings: readonly number[]): string[] {
  const [low, high] = [Math.min(...ceilings), Math.max(...ceilings)];
  if (high / low <= 1.1) return [];
  return [
    `the ceiling moved between ${low.toFixed(1)} and ${high.toFixed(1)} GFLOP/s during the run: shares are uncertain ` +
      'by as much; run again when nothing else is running',
  ];
}

/** The limit of a case in its unit, given the multiply-add rate. */
function limitOf({ measure }: BenchCase, gflops: number): number {
  return 'work' in measure ? measure.ceiling(gflops) : measure.least;
}

/**
 * Runs the named suites (all if none is named), blocking for up to a second or one call between two turns of the event loop.
 * @throws InputError for an unknown suite or kernels that have not been built; Error if a kernel or a peer computes wrongly
 */
export async function runBench(names: readonly string[], options: BenchOptions = {}): Promise<BenchResult> {
  const list = selectCases(names, options.only);
  const measured = measurableBuild({}, options.kernels);
  const measureCeiling = ceilingOf(measured.build as WasmBuild);
  const clock = clockResolution();
  const ceilings = [measureCeiling()];
  const rows: { unrated: Unrated; benchCase: BenchCase; open: OpenCase }[] = [];
  for (const [i, selected] of list.entries()) {
    await announce(options, list, i);
    if (i > 0 && list[i - 1]!.suite !== selected.suite) ceilings.push(measureCeiling());
    const open = measured.open(selected.suite.name, selected.benchCase.name);
    try {
      const unrated = await measureCase(selected, open, options.peers ?? [], effortOf(options), clock);
      rows.push({ unrated, benchCase: selected.benchCase, open });
    } finally {
      open.close();
    }
  }
  ceilings.push(measureCeiling());
  const gflops = Math.max(...ceilings);
  const drift = driftWarnings(ceilings);
  const chosen = [...new Set(list.map(({ suite }) => suite))];
  return {
    schema: 'gradsplit/bench@1',
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.versions.node,
      threads: measured.kernels.threads,
    },
    build: measured.build,
    kernels: kernelsInfo(measured.kernels),
    ceiling: {
      gflops,
      how: [ceilingHow(measured.build), ...chosen.map((suite) => suite.ceilingHow)].join('; '),
    },
    results: rows.flatMap(({ unrated, benchCase, open }) => {
      const ofCeiling = shareOfLimit(unrated.unit, unrated.samples, limitOf(benchCase, gflops));
      const row: CaseResult = { ...unrated, ofCeiling, warnings: [...unrated.warnings, ...drift] };
      return [row, ...derivedRows(row, open.derived())];
    }),
  };
}
