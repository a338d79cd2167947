// The check before the clock: right kernels pass, broken ones do not, and what is not about kernels sees a wrong number.
import { describe, expect, it } from 'vitest';
import { type BenchCase, suites } from '../../bench/index.ts';
import { loadWasmKernelsSync } from '../../src/experiments/host/kernels.ts';
import { type KernelBuffer, type Kernels, referenceKernels } from '../../src/kernels/index.ts';

/** Moves element 7 (or the first) by 1 % of the largest, and an exact 0 too. */
function spoil(kernels: Kernels, out: KernelBuffer): void {
  const values = Float64Array.from(kernels.readSync(out));
  const at = Math.min(7, values.length - 1);
  values[at]! += 0.01 * values.reduce((top, v) => Math.max(top, Math.abs(v)), 1e-3);
  kernels.write(out, values);
}

/** Kernels that compute one element wrongly. */
function broken(kernels: Kernels): Kernels {
  return {
    ...kernels,
    matmul(form, a, b, out, sizes, accumulate) {
      kernels.matmul(form, a, b, out, sizes, accumulate);
      spoil(kernels, out);
    },
    row(kernel, x, out, rows, columns) {
      kernels.row(kernel, x, out, rows, columns);
      spoil(kernels, out);
    },
    layerNorm(x, gamma, beta, out, sizes) {
      kernels.layerNorm(x, gamma, beta, out, sizes);
      spoil(kernels, out);
    },
    binary(kernel, x, y, out) {
      kernels.binary(kernel, x, y, out);
      if (kernel === 'add') spoil(kernels, out);
    },
    layerNormVjp(x, gamma, cotangent, out, sizes) {
      kernels.layerNormVjp(x, gamma, cotangent, out, sizes);
      spoil(kernels, out);
    },
  };
}

function errorRatio(benchCase: BenchCase, kernels: Kernels): number {
  const prepared = benchCase.prepare(kernels);
  try {
    return prepared.judge(referenceKernels())(prepared.output());
  } finally {
    prepared.release();
  }
}

/** Small cases of every suite that runs on kernels. */
const CASES: readonly (readonly [suite: string, name: string])[] = [
  ['gemm', 'f32 48x48x48'],
  ['gemm', 'f32 64x192x1024 tn'],
  ['gemm', 'f32 1023x129x128'],
  ['gemm', 'f64 256x256x256 nt'],
  ['batched', 'f32 128 of 32x16x32'],
  ['softmax', 'f32 4096x12'],
  ['softmax', 'f64 1024x64'],
  ['layernorm', 'f32 1024x64'],
  ['layernorm', 'f32 1024x128 vjp'],
  ['layernorm', 'f64 1024x128 vjp'],
  ['attention', 'f32 128 of 32x16'],
  ['attention', 'f32 128 of 32x16 vjp'],
  ['attention', 'f32 8 of 256x64 vjp'],
  ['adamw', 'f32 104192 parameters (d=64)'],
];

describe('on kernels', () => {
  it.each(CASES)('%s %s: right ones pass, broken ones do not', (suite, name) => {
    const kernels = loadWasmKernelsSync();
    const benchCase = suites[suite]!.cases.find((c) => c.name === name)!;
    expect(errorRatio(benchCase, kernels)).toBeLessThanOrEqual(1);
    expect(errorRatio(benchCase, broken(kernels))).toBeGreaterThan(1);
    expect(kernels.memory().buffers).toBe(0);
  });

  it('every suite but tree is among them', () => {
    const checked = new Set(CASES.map(([suite]) => suite));
    expect(Object.keys(suites).filter((name) => !checked.has(name))).toEqual(['tree']);
  });
});

describe('tree', () => {
  it.each(suites.tree!.cases.map((c) => [c.name, c] as const))('%s', (_, benchCase) => {
    const prepared = benchCase.prepare(referenceKernels());
    const judge = prepared.judge(referenceKernels());
    const found = Float64Array.from(prepared.output());
    expect(judge(found)).toBeLessThanOrEqual(1);
    for (const at of [0, 1, found.length - 1]) {
      const wrong = found.slice();
      wrong[at]! += 1e-6;
      expect(judge(wrong)).toBeGreaterThan(1);
    }
    expect(judge(found.subarray(1))).toBe(Number.POSITIVE_INFINITY);
  });
});
