// What this machine can do at best: multiply-adds on 128-bit vectors that never leave the registers.
import { readWasmBytes } from '../src/experiments/host/kernels.ts';
import type { WasmExports } from '../src/kernels/wasm/exports.ts';
import { instantiate } from '../src/kernels/wasm/instantiate.ts';

/** Turns of the loop a call makes, and for how long calls are repeated. */
const STEPS = 100_000;
const MILLISECONDS = 120;

/** How the ceiling is measured, for documents and tables. */
export const ceilingHow: string =
  'register-only f32x4 multiply and add, the fastest call over loops of 8, 10 and 12 accumulators; ' +
  'f64 counts against half of it, having two lanes instead of four; ofCeiling is the fastest sample over the ceiling';

/** The fastest call of one loop, in GFLOP/s: `chains` accumulators of four lanes, two operations each. */
function best(loop: (steps: number, factor: number, addend: number) => number, chains: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  const end = performance.now() + MILLISECONDS;
  while (performance.now() < end) {
    const start = performance.now();
    loop(STEPS, 0.999, 0.001);
    shortest = Math.min(shortest, performance.now() - start);
  }
  return (STEPS * chains * 4 * 2) / (shortest * 1e6);
}

/** Measures the multiply-add rate in GFLOP/s, about 0.4 s. */
export function measureCeiling(): number {
  const exports: WasmExports = instantiate(readWasmBytes()).exports;
  return Math.max(
    best(exports.multiplyAdd8, 8),
    best(exports.multiplyAdd10, 10),
    best(exports.multiplyAdd12, 12),
  );
}
