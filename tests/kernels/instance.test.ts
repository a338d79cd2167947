// Kernels of one instance share tables and scratch memory: using one must not disturb another.
import { describe, expect, it } from 'vitest';
import { wasmKernels } from '../../src/kernels/index.ts';
import { startMachine } from '../../src/kernels/wasm/machine.ts';
import { expectSameBits, floatTypes, noise, wasmBytes, withBuffers } from './backends.ts';

describe('one instance', () => {
  it.each(floatTypes)(
    'gives the same exponentials and logarithms after everything else has run, %s',
    (dtype) => {
      const kernels = wasmKernels(wasmBytes());
      const results = (): number[] =>
        withBuffers(kernels, (put) => {
          const x = put(dtype, noise(40).map(Math.abs));
          const out = put(dtype, new Float64Array(40));
          const rows = put(dtype, new Float64Array(8));
          const all: number[] = [];
          for (const kernel of ['exp', 'log'] as const) {
            kernels.unary(kernel, x, out);
            all.push(...kernels.readSync(out));
          }
          for (const kernel of ['softmax', 'logSoftmax'] as const) {
            kernels.row(kernel, x, out, 8, 5);
            all.push(...kernels.readSync(out));
          }
          kernels.logSumExp(x, rows, 8, 5);
          all.push(...kernels.readSync(rows));
          return all;
        });
      const before = results();
      for (const other of floatTypes) {
        withBuffers(kernels, (put) => {
          // Blocks, panels and edge tiles filled to the last byte.
          for (const form of ['nn', 'tn', 'nt'] as const) {
            for (const [m, n, k] of [
              [131, 21, 300],
              [128, 16, 256],
              [3, 5, 7],
            ] as const) {
              const out = put(other, new Float64Array(m * n));
              kernels.matmul(form, put(other, noise(m * k)), put(other, noise(k * n)), out, {
                batch: 1,
                m,
                n,
                k,
              });
            }
          }
          const shape = [2, 3, 2, 3, 2, 3, 2];
          const strides = [1, 2, 6, 12, 36, 72, 216];
          const permuted = put(other, new Float64Array(432));
          kernels.gatherStrided(put(other, noise(432)), permuted, shape, strides, 0);
        });
      }
      expectSameBits(results(), before);
    },
  );

  it('lays its fixed blocks side by side', () => {
    const { exports, tables, scratch, axes } = startMachine(wasmBytes());
    expect(scratch[0]! - tables[0]!).toBeGreaterThanOrEqual(exports.tablesBytes());
    expect(axes - scratch[0]!).toBeGreaterThanOrEqual(exports.matmulScratchBytes());
  });
});
