// Times a function with the `benchmark` package, which finds out how many calls the clock needs to see them.
import Benchmark from 'benchmark';

// benchmark reads the source of the function otherwise, which loses its closure.
Benchmark.support.decompilation = false;

/** How long to measure. */
export interface Effort {
  /** Samples at least. */
  readonly minSamples: number;
  /** Seconds about. */
  readonly maxSeconds: number;
}

/** Seconds of one call: one entry a sample, each the mean of as many calls as the clock needs. */
export interface Timing {
  readonly seconds: readonly number[];
  readonly callsPerSample: number;
}

/** Something that can be timed. */
export interface Contender {
  sample(effort: Effort): Timing | Promise<Timing>;
}

/** The clock's resolution in seconds: the smallest difference it shows. */
export function clockResolution(): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 200; i++) {
    const start = process.hrtime.bigint();
    let now = process.hrtime.bigint();
    while (now === start) now = process.hrtime.bigint();
    smallest = Math.min(smallest, Number(now - start));
  }
  return smallest * 1e-9;
}

/** Calls until the engine has compiled the kernels for good (optimisation happens in the background): 0.1 s at most. */
function warmUp(run: () => void, seconds: number): void {
  const end = performance.now() + Math.min(100, 200 * seconds);
  do run();
  while (performance.now() < end);
}

/** Times `run` in this process; the first time it is warmed up. Blocks for about maxSeconds. */
export function contender(name: string, run: () => void): Contender {
  let warm = false;
  return {
    sample({ minSamples, maxSeconds }) {
      if (!warm) warmUp(run, maxSeconds);
      warm = true;
      // Short samples: among many, some are not disturbed by other programs.
      const benchmark = new Benchmark(name, run, { minSamples, maxTime: maxSeconds, minTime: 0.001 });
      benchmark.run({ async: false });
      if (benchmark.error) throw benchmark.error;
      return { seconds: benchmark.stats.sample as number[], callsPerSample: benchmark.count };
    },
  };
}
