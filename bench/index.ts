// The benchmarks, as functions for the command line: run, compare, interleave, write, explain.

export type { BenchResult, CaseResult, PeerResult } from '../src/documents/bench.ts';
export { type MeasurableBuild, measurableBuild, type OpenCase } from './build.ts';
export { type BenchComparison, type ComparedCase, checkComparable, compareBench } from './compare.ts';
export { benchCsv } from './csv.ts';
export { explainBench } from './explain.ts';
export { type InterleavedCase, type Interleaving, interleave, otherBuild, speedRatio } from './interleave.ts';
export { openPeers, type Peer, type Peers, type PeerTask, type PreparedPeer } from './peer.ts';
export { readBenchResult } from './read.ts';
export { type BenchOptions, type BenchProgress, runBench } from './run.ts';
export type { BenchCase, PreparedCase, Suite } from './suite.ts';
export { suites } from './suites/index.ts';
