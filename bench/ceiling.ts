// What this machine can do at best with one build's instructions: multiply-adds on 128-bit vectors that never leave the
// registers. The loops are in assembly/ceiling.ts; the module of each build has them with its own multiply-add.

import { readWasmBytes, wasmFile } from '../src/host/loadKernels.ts';
import type { WasmBuild } from '../src/host/wasmBuild.ts';
import { instantiate } from '../src/kernels/wasm/instantiate.ts';

/** Turns of the loop a call makes, and for how long calls of all loops are repeated. */
const STEPS = 50_000;
const MILLISECONDS = 360;

/** `multiplyAdd8`: 8 accumulators; `multiplyAdd8x4`: a turn goes through them four times. */
const LOOP = /^multiplyAdd(\d+)(?:x(\d+))?$/;

type Loop = (steps: number, factor: number, addend: number) => number;

/** How the ceiling is measured, for documents and tables. */
export function ceilingHow(build: string): string {
  const instruction = build === 'relaxed' ? 'f32x4.relaxed_madd' : 'f32x4.mul and f32x4.add';
  return (
    `register-only ${instruction}, the fastest call over loops of 8, 10 and 12 accumulators, before, between and after ` +
    'the suites; f64 counts against half of it, having two lanes instead of four; the share of the ceiling is that of the best sample'
  );
}

/** Seconds of the fastest call of one loop, within `milliseconds`. */
function fastest(loop: Loop, milliseconds: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    loop(STEPS, 0.999, 0.001);
    shortest = Math.min(shortest, performance.now() - start);
  } while (performance.now() < end);
  return shortest / 1e3;
}

/** A function that measures the multiply-add rate of a build in GFLOP/s: each accumulator has 4 lanes, 2 operations each. */
export function ceilingOf(build: WasmBuild): () => number {
  const exports = Object.entries(instantiate(readWasmBytes(wasmFile(build))).exports);
  const loops = exports.flatMap(([name, value]) => {
    const [, chains, unrolled = '1'] = LOOP.exec(name) ?? [];
    return chains === undefined ? [] : [{ loop: value as Loop, chains: Number(chains) * Number(unrolled) }];
  });
  return () =>
    Math.max(
      ...loops.map(
        ({ loop, chains }) => (STEPS * chains * 4 * 2) / (fastest(loop, MILLISECONDS / loops.length) * 1e9),
      ),
    );
}
