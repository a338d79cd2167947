// The table says of every kernel what it reads and writes: held against what the backends do.
import { describe, expect, test } from 'vitest';
import type { KernelCall } from '../../src/kernels/call.ts';
import type { DType, FloatType, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import { type KernelName, kernelNames, kernelTable } from '../../src/kernels/table.ts';
import { floatTypes, noise, reference, wasm, withBuffers } from './backends.ts';

type Put = (dtype: DType, values: ArrayLike<number>) => KernelBuffer;

/** Arguments of a call of every kernel whose results differ from what their buffers hold before. */
function samples(put: Put, type: FloatType): { [K in KernelName]: Parameters<Kernels[K]> } {
  let seed = 0;
  const some = (length: number): KernelBuffer => {
    seed++;
    return put(type, noise(length, seed));
  };
  const at = (...values: number[]): KernelBuffer => put('i32', values);
  const norm = { rows: 2, columns: 3, epsilon: 1e-5 };
  const linear = { m: 2, n: 3, k: 4 };
  const attention = { batch: 1, heads: 1, length: 2, width: 3 };
  const moments = { gradient: some(3), mean: some(3), square: put(type, [1, 2, 3]), parameter: some(3) };
  const step = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, rate: 0.1, t: 2, scale: some(1) };
  return {
    fill: [some(3), 7],
    unary: ['exp', some(3), some(3)],
    binary: ['add', some(3), some(3), some(3)],
    where: [put(type, [1, 0, 1]), some(3), some(3), some(3)],
    reduce: ['sum', some(6), some(2), 2, 3, 1],
    row: ['softmax', some(6), some(6), 2, 3],
    softmaxAlong: [some(6), some(6), some(6), 2, 3],
    logSumExp: [some(6), some(2), 2, 3],
    layerNorm: [some(6), some(3), some(3), some(6), norm],
    layerNormVjp: [some(6), some(3), some(6), some(6), norm],
    layerNormScaleVjp: [some(6), some(6), some(3), norm],
    rmsNorm: [some(6), some(3), some(6), norm],
    rmsNormVjp: [some(6), some(3), some(6), some(6), norm],
    rmsNormScaleVjp: [some(6), some(6), some(3), norm],
    rotary: [some(8), some(4), some(4), some(8), { batch: 1, heads: 1, length: 2, width: 4 }],
    crossEntropy: [some(6), at(0, 2), some(2), 2, 3],
    crossEntropyVjp: [some(6), at(0, 2), some(2), some(6), 2, 3],
    attentionWeights: [some(6), some(6), some(4), attention],
    causalProduct: ['mix', some(4), some(6), some(6), attention, 2],
    cachedAttention: [
      some(9),
      some(6),
      some(6),
      at(0),
      at(1),
      some(3),
      { rows: 1, slots: 1, context: 2, heads: 1, width: 3 },
    ],
    adamw: [[{ ...moments, decay: 0.1 }], [{ update: some(3), mean: some(3), square: some(3) }], step],
    squareSum: [[some(3), some(2)], some(1)],
    maskAbove: [some(8), some(8), 2, 2, -1],
    matmul: ['nn', some(8), some(12), some(6), { batch: 1, ...linear }],
    linear: [some(8), some(12), some(3), some(6), linear],
    linearAdd: [some(8), some(12), some(3), some(6), some(6), linear],
    linearGelu: [some(8), some(12), some(3), some(6), linear],
    gather: [some(6), at(1, 0), some(6), 3],
    scatterAdd: [some(6), at(1, 1), some(6), 3],
    gatherStrided: [some(6), some(3), [3], [2], 0],
    scatterStrided: [some(3), some(6), [3], [2], 0],
  };
}

/** All buffers among the arguments, however deep. */
function buffersIn(value: unknown): KernelBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('dtype' in value && 'length' in value) return [value as KernelBuffer];
  return Object.values(value).flatMap(buffersIn);
}

/** A call's description, its buffers and the call itself. */
function sample(name: KernelName, kernels: Kernels, put: Put, type: FloatType) {
  const operands: unknown[] = samples(put, type)[name];
  const described = (kernelTable[name] as (...operands: unknown[]) => KernelCall)(...operands);
  const run = (kernels[name] as (...operands: unknown[]) => void).bind(kernels);
  return { operands, described, buffers: buffersIn(operands), run };
}

describe.each([
  ['wasm', wasm],
  ['reference', reference],
] as const)('%s', (_, kernels) => {
  test.each(kernelNames)('%s reads and writes what the table says', (name) => {
    for (const type of floatTypes) {
      withBuffers(kernels, (put) => {
        const { operands, described, buffers, run } = sample(name, kernels, put, type);
        const { reads, indices, writes } = described;
        expect(new Set([...reads, ...indices, ...writes])).toEqual(new Set(buffers));
        const before = buffers.map((buffer) => kernels.readSync(buffer));
        run(...operands);
        const changed = buffers.filter((buffer, i) => kernels.readSync(buffer).join() !== before[i]!.join());
        expect(new Set(changed)).toEqual(new Set(writes));
      });
    }
  });

  test.each(kernelNames)('%s refuses buffers of another type', (name) => {
    withBuffers(kernels, (put) => {
      const { operands, described, run } = sample(name, kernels, put, 'f32');
      for (const wrong of [...described.reads, ...described.indices]) {
        const other = put('f64', new Float64Array(wrong.length));
        const replace = (value: unknown): unknown => {
          if (value === wrong) return other;
          if (Array.isArray(value)) return value.map(replace);
          if (typeof value !== 'object' || value === null || 'dtype' in value) return value;
          return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, replace(held)]));
        };
        expect(() => run(...operands.map(replace))).toThrow(/element types differ|should be i32/);
      }
    });
  });
});

test('rows and products are counted as a GPU weighs them', () => {
  withBuffers(wasm, (put) => {
    const of = (name: KernelName): KernelCall => sample(name, wasm, put, 'f32').described;
    expect(of('matmul')).toMatchObject({ kind: 'products', work: 2 * 3 * 4, variant: 'nn' });
    expect(of('row')).toMatchObject({ kind: 'rows', work: 6, variant: 'softmax' });
    expect(of('where')).toMatchObject({ kind: 'elements', work: 3 });
  });
});
