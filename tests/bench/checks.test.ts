// The check before the clock: right kernels pass, broken ones do not, and what is not about kernels sees a wrong number.
import { describe, expect, it, test } from 'vitest';
import { type BenchCase, suites } from '../../bench/index.ts';
import { peakOfStep } from '../../bench/suites/train.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
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
    matmul(form, a, b, out, sizes) {
      kernels.matmul(form, a, b, out, sizes);
      spoil(kernels, out);
    },
    row(kernel, x, out, rows, columns) {
      kernels.row(kernel, x, out, rows, columns);
      spoil(kernels, out);
    },
    causalProduct(form, a, b, out, sizes, scale) {
      kernels.causalProduct(form, a, b, out, sizes, scale);
      spoil(kernels, out);
    },
    layerNorm(x, gamma, beta, out, sizes) {
      kernels.layerNorm(x, gamma, beta, out, sizes);
      spoil(kernels, out);
    },
    binary(kernel, x, y, out) {
      kernels.binary(kernel, x, y, out);
      if (kernel === 'add' || kernel === 'siluVjp') spoil(kernels, out);
    },
    unary(kernel, x, out) {
      kernels.unary(kernel, x, out);
      if (kernel === 'silu') spoil(kernels, out);
    },
    rmsNorm(x, gamma, out, sizes) {
      kernels.rmsNorm(x, gamma, out, sizes);
      spoil(kernels, out);
    },
    rmsNormVjp(x, gamma, cotangent, out, sizes) {
      kernels.rmsNormVjp(x, gamma, cotangent, out, sizes);
      spoil(kernels, out);
    },
    rotary(x, cosine, sine, out, sizes) {
      kernels.rotary(x, cosine, sine, out, sizes);
      spoil(kernels, out);
    },
    layerNormVjp(x, gamma, cotangent, out, sizes) {
      kernels.layerNormVjp(x, gamma, cotangent, out, sizes);
      spoil(kernels, out);
    },
  };
}

/** The error of what these kernels compute and that of their broken copy, in units of what is allowed. Both have the same inputs. */
function errorRatios(
  benchCase: BenchCase,
  kernels: Kernels,
): { readonly right: number; readonly wrong: number } {
  const [prepared, spoiled] = [kernels, broken(kernels)].map((each) => benchCase.prepare(each));
  const judge = prepared!.judge(referenceKernels());
  const ratios = { right: judge(prepared!.output()), wrong: judge(spoiled!.output()) };
  prepared!.release();
  spoiled!.release();
  return ratios;
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
  ['rmsnorm', 'f32 512x64'],
  ['rmsnorm', 'f32 512x896 vjp'],
  ['rmsnorm', 'f64 512x896 vjp'],
  ['silu', 'f32 65536'],
  ['silu', 'f32 65536 vjp'],
  ['silu', 'f64 65536 vjp'],
  ['rotary', 'f32 1024x4x16'],
  ['rotary', 'f64 512x14x64'],
  ['attention', 'f32 128 of 32x16'],
  ['attention', 'f32 128 of 32x16 vjp'],
  ['attention', 'f32 8 of 256x64 vjp'],
  ['adamw', 'f32 104192 parameters (d=64)'],
  ['sample', 'f32 d=64'],
];

describe('on kernels', () => {
  it.each(CASES)('%s %s: right ones pass, broken ones do not', (suite, name) => {
    const kernels = loadWasmKernelsSync();
    const benchCase = suites[suite]!.cases.find((c) => c.name === name)!;
    const { right, wrong } = errorRatios(benchCase, kernels);
    expect(right).toBeLessThanOrEqual(1);
    expect(wrong).toBeGreaterThan(1);
    expect(kernels.memory().buffers).toBe(0);
  });

  it('every suite is among them, except those with checks of their own below', () => {
    const checked = new Set(CASES.map(([suite]) => suite));
    expect(Object.keys(suites).filter((name) => !checked.has(name))).toEqual([
      'train',
      'split',
      'tree',
      'audit',
      'fields',
    ]);
  });
});

describe('training steps', () => {
  test.each(['f32 d=64'])('train %s: the gradient is that of float64; a broken kernel is seen', (name) => {
    const kernels = loadWasmKernelsSync();
    const benchCase = suites.train!.cases.find((c) => c.name === name)!;
    const { right, wrong } = errorRatios(benchCase, kernels);
    expect(right).toBeLessThanOrEqual(1);
    expect(wrong).toBeGreaterThan(1);
    expect(kernels.memory().buffers).toBe(0);
  });

  test.each(suites.split!.cases.map((c) => [c.name, c] as const))(
    'split %s: the parts add up to the plain gradient; one that is missing is missed',
    (_, benchCase) => {
      const kernels = loadWasmKernelsSync();
      const prepared = benchCase.prepare(kernels);
      const judge = prepared.judge(referenceKernels());
      const found = Float64Array.from(prepared.output());
      expect(judge(found)).toBeLessThanOrEqual(1);
      // A thousandth of one part missing everywhere.
      expect(judge(found.map((x, i) => (i === 0 ? x : 0.999 * x)))).toBeGreaterThan(1);
      expect(judge(found.map((x, i) => (i === 0 ? 1.01 * x : x)))).toBeGreaterThan(1);
      prepared.run();
      prepared.against!();
      prepared.release();
      expect(kernels.memory().buffers).toBe(0);
    },
  );

  test('the least ratios are those of the arithmetic', () => {
    const least = suites.split!.cases.map(({ measure }) => ('least' in measure ? measure.least : Number.NaN));
    // (1 + 2·½·((10 + 2·2)/12 + 2))/3 and (1 + 2·½·((10·1.5 + 2·4)/12 + 4))/3.
    expect(least[0]).toBeCloseTo(1.3889, 4);
    expect(least[1]).toBeCloseTo(2.3056, 4);
  });

  test('memory stops growing, and a peak holds at least parameters, gradient and moments', () => {
    const bytes = peakOfStep(loadWasmKernelsSync(), 64);
    expect(bytes).toBeGreaterThan(16 * 104_192);
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

describe('audit', () => {
  it.each(suites.audit!.cases.map((c) => [c.name, c] as const))(
    '%s: all lines are read; a line too few is seen, and there is a ceiling',
    (_, benchCase) => {
      const prepared = benchCase.prepare(referenceKernels());
      const judge = prepared.judge(referenceKernels());
      const found = Float64Array.from(prepared.output());
      expect(judge(found)).toBeLessThanOrEqual(1);
      for (const at of found.keys()) expect(judge(found.with(at, found[at]! - 1))).toBeGreaterThan(1);
      const { measure } = benchCase;
      expect('work' in measure ? measure.ceiling(1) : measure.least).toBeGreaterThan(0);
      expect(prepared.against === undefined).toBe('work' in measure);
    },
  );
});

describe('fields', () => {
  test.each(suites.fields!.cases.map((c) => [c.name, c] as const))(
    '%s: the numbers of float64; one that is wrong is seen',
    (_, benchCase) => {
      const prepared = benchCase.prepare(referenceKernels());
      const judge = prepared.judge(referenceKernels());
      const found = Float64Array.from(prepared.output());
      expect(judge(found)).toBeLessThanOrEqual(1);
      expect(judge(found.with(1, found[1]! + 1))).toBeGreaterThan(1);
      expect(prepared.against).toBeDefined();
    },
  );
});
