// Short runs: that they measure the right thing, not how fast it is.

import { describe, expect, it } from 'vitest';
import { explainBench, readBenchResult, runBench, suites } from '../../bench/index.ts';
import { InputError } from '../../src/base/errors.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { chooseBuild } from '../../src/host/wasmBuild.ts';

const QUICK = { minSamples: 3, maxSeconds: 0.01 } as const;

describe('runBench', () => {
  it('measures every case of a suite and writes a document that can be read again', async () => {
    const seen: string[] = [];
    const result = await runBench(['softmax'], {
      ...QUICK,
      onProgress: ({ name, index, total }) => seen.push(`${index}/${total} ${name}`),
    });
    expect(seen[0]).toBe('1/10 f32 4096x12');
    expect(result.results.map((r) => r.name)).toEqual(suites.softmax!.cases.map((c) => c.name));
    for (const r of result.results) {
      expect(r.samples.length).toBeGreaterThanOrEqual(3);
      expect(r.ci95[0]).toBeLessThanOrEqual(r.value);
      expect(r.ci95[1]).toBeGreaterThanOrEqual(r.value);
      expect(r.ofCeiling).toBeGreaterThan(0);
      expect(r.peers).toEqual({});
    }
    expect(result.ceiling.gflops).toBeGreaterThan(0);
    expect(result.build).toBe(chooseBuild());
    expect(readBenchResult(JSON.parse(JSON.stringify(result)), 'result')).toEqual(result);
  });

  it('runs the build it is told to, and says how its ceiling was measured', async () => {
    const result = await runBench(['batched'], {
      ...QUICK,
      only: '32x16x32',
      kernels: loadWasmKernelsSync({ build: 'plain' }),
    });
    expect(result.build).toBe('plain');
    expect(result.ceiling.how).toMatch(/f32x4\.mul and f32x4\.add/);
    expect(result.results.map((r) => r.name)).toEqual(['f32 128 of 32x16x32']);
  });

  it('refuses an unknown suite and names the near one, and a text that no case has', async () => {
    await expect(runBench(['gem'])).rejects.toThrow(InputError);
    await expect(runBench(['gem'])).rejects.toThrow(
      /^unknown suite "gem" \(did you mean "gemm"\?\); known: gemm, batched, softmax, /,
    );
    await expect(runBench(['__proto__'])).rejects.toThrow('unknown suite');
    await expect(runBench(['gemm'], { only: '7x7x7' })).rejects.toThrow(InputError);
    await expect(runBench(['gemm'], { only: '7x7x7' })).rejects.toThrow(
      '--only: no case contains "7x7x7"; a case is called "f32 48x48x48", for instance',
    );
  });
});

describe('the suites', () => {
  it('have names of their own, and cases with names of their own', () => {
    for (const [name, suite] of Object.entries(suites)) {
      expect(suite.name).toBe(name);
      expect(new Set(suite.cases.map((c) => c.name)).size).toBe(suite.cases.length);
    }
  });
});

describe('explainBench', () => {
  it('says which variant computes which shape, and what the ceiling is', () => {
    expect(explainBench(['gemm'])).toMatch(/^gemm: .*\n {2}- \S/);
    expect(explainBench([])).toContain('Ceiling, softmax: the multiply-add rate divided by the 24 (f32)');
    expect(() => explainBench(['x'])).toThrow('unknown suite "x"');
  });
});
