// A build with its cases, each checked against the reference kernels before it is handed out. The other side of
// `--interleave` is this object of another build's dist folder: what it offers must stay compatible.
import { type LoadOptions, loadWasmKernelsSync } from '../src/host/loadKernels.ts';
import { type Kernels, referenceKernels } from '../src/kernels/index.ts';
import { isGpu } from '../src/kernels/info.ts';
import { type Contender, contender } from './measure.ts';
import { settle } from './settle.ts';
import type { BenchCase, DerivedRow, Suite } from './suite.ts';
import { suites } from './suites/index.ts';

/** A case that is ready and known to compute rightly. */
export interface OpenCase {
  readonly ours: Contender;
  /** The denominator of a ratio. */
  readonly against: Contender | undefined;
  /** Judges outputs of others: at most 1 if right. */
  readonly judge: (found: ArrayLike<number>) => number;
  readonly derived: () => readonly DerivedRow[];
  close(): void;
}

/** A build that can be measured. */
export interface MeasurableBuild {
  /** `plain` or `relaxed`. */
  readonly build: string;
  readonly kernels: Kernels;
  /** Whether this build has a case of these names. */
  has(suite: string, name: string): boolean;
  /** @throws Error if a kernel computes wrongly, or there is no such case */
  open(suite: string, name: string): OpenCase;
}

/** @throws Error unless the case's output is right */
function checkOutput(what: string, errorRatio: number): void {
  if (!(errorRatio <= 1)) throw new Error(`${what}: the error is ${errorRatio} times what it may be`);
}

/** A GPU's results are brought to memory in the time that is measured: until then nothing need have been computed. */
function finished(kernels: Kernels, run: () => void): () => void {
  if (!isGpu(kernels)) return run;
  return () => {
    run();
    kernels.finish();
  };
}

/** Prepares a case on these kernels and checks it. */
function openCase(suite: Suite, benchCase: BenchCase, kernels: Kernels): OpenCase {
  const what = `${suite.name} ${benchCase.name}`;
  const prepared = benchCase.prepare(kernels);
  try {
    const judge = prepared.judge(referenceKernels());
    checkOutput(what, judge(prepared.output()));
    settle(kernels, () => prepared.run());
    return {
      ours: contender(
        what,
        finished(kernels, () => prepared.run()),
      ),
      against:
        prepared.against === undefined
          ? undefined
          : contender(
              what,
              finished(kernels, () => prepared.against!()),
            ),
      judge,
      derived: () => benchCase.derive?.(kernels) ?? [],
      close: () => prepared.release(),
    };
  } catch (error) {
    prepared.release();
    throw error;
  }
}

/** This build, on kernels of its own unless some are given. @throws InputError if they cannot be had */
export function measurableBuild(
  options: LoadOptions = {},
  kernels: Kernels = loadWasmKernelsSync(options),
): MeasurableBuild {
  const find = (suite: string, name: string): BenchCase | undefined =>
    Object.hasOwn(suites, suite) ? suites[suite]!.cases.find((c) => c.name === name) : undefined;
  return {
    build: kernels.build,
    kernels,
    has: (suite, name) => find(suite, name) !== undefined,
    open(suite, name) {
      const found = find(suite, name);
      if (found === undefined) throw new Error(`there is no case ${suite} ${name}`);
      return openCase(suites[suite]!, found, kernels);
    },
  };
}
