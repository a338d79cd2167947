// Short runs: that they measure the right thing, not how fast it is.
import { describe, expect, it } from 'vitest';
import { explainBench, readBenchResult, runBench, suites } from '../../bench/index.ts';
import { InputError } from '../../src/base/errors.ts';
import { loadWasmKernelsSync } from '../../src/experiments/host/kernels.ts';
import { type Kernels, referenceKernels } from '../../src/kernels/index.ts';

describe('runBench', () => {
  it('measures every case of a suite and writes a document that can be read again', async () => {
    const seen: string[] = [];
    const result = await runBench(['softmax'], {
      minSamples: 3,
      maxSeconds: 0.01,
      onProgress: ({ name, index, total }) => seen.push(`${index}/${total} ${name}`),
    });
    expect(seen[0]).toBe('1/8 f32 4096x12');
    expect(result.results.map((r) => r.name)).toEqual(suites.softmax!.cases.map((c) => c.name));
    for (const r of result.results) {
      expect(r.samples.length).toBeGreaterThanOrEqual(3);
      expect(r.ci95[0]).toBeLessThanOrEqual(r.value);
      expect(r.ci95[1]).toBeGreaterThanOrEqual(r.value);
      expect(r.ofCeiling).toBeGreaterThan(0);
    }
    expect(result.ceiling.gflops).toBeGreaterThan(0);
    expect(result.build).toBe('plain');
    expect(readBenchResult(JSON.parse(JSON.stringify(result)), 'result')).toEqual(result);
  });

  it('refuses an unknown suite and names the near one', async () => {
    await expect(runBench(['gem'])).rejects.toThrow(InputError);
    await expect(runBench(['gem'])).rejects.toThrow(
      'unknown suite "gem" (did you mean "gemm"?); known: gemm, softmax',
    );
    await expect(runBench(['__proto__'])).rejects.toThrow('unknown suite');
  });
});

describe('the check before the clock', () => {
  const spoiled = (kernels: Kernels): Kernels => ({
    ...kernels,
    matmul(form, a, b, out, sizes, accumulate) {
      kernels.matmul(form, a, b, out, sizes, accumulate);
      kernels.unary('neg', out, out);
    },
    row(kernel, x, out, rows, columns) {
      kernels.row(kernel, x, out, rows, columns);
      kernels.write(
        out,
        Array.from(kernels.readSync(out), (p, i) => (i === 7 ? p * 1.01 : p)),
      );
    },
  });

  it.each(['gemm', 'softmax'])('%s: right kernels pass, wrong ones do not', (name) => {
    const kernels = loadWasmKernelsSync();
    for (const benchCase of suites[name]!.cases.slice(0, 2)) {
      for (const [tested, right] of [
        [kernels, true],
        [spoiled(kernels), false],
      ] as const) {
        const prepared = benchCase.prepare(tested);
        expect(prepared.errorRatio(referenceKernels()) <= 1).toBe(right);
        prepared.release();
      }
    }
    expect(kernels.memory().buffers).toBe(0);
  });
});

describe('explainBench', () => {
  it('says which variant computes which shape, and what the ceiling is', () => {
    expect(explainBench(['gemm'])).toMatch(/^gemm: .*\n {2}- B is copied panel by panel/);
    expect(explainBench([])).toContain('Ceiling, softmax: the multiply-add rate divided by the 33 (f32)');
    expect(() => explainBench(['x'])).toThrow('unknown suite "x"');
  });
});
