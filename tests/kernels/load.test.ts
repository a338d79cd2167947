import { describe, expect, it } from 'vitest';
import { loadWasmKernels, loadWasmKernelsSync } from '../../src/experiments/host/kernels.ts';

describe('loading the built module', () => {
  it('gives a working backend, at once or later', async () => {
    for (const kernels of [loadWasmKernelsSync(), await loadWasmKernels()]) {
      expect([kernels.backend, kernels.build]).toEqual(['wasm', 'plain']);
      const x = kernels.allocate('f64', 3);
      kernels.fill(x, 2);
      expect(Array.from(await kernels.read(x))).toEqual([2, 2, 2]);
    }
  });
});
