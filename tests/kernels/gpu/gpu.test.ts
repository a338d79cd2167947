// What is done with gpu.js, on one that needs no GPU: which results are taken, what is sent, kept and freed. Whether real GPUs
// compute rightly is tested in tests/gpu.
import { describe, expect, test } from 'vitest';
import { openGpu } from '../../../src/kernels/gpu/gpu.ts';
import { everythingFrom, type GpuKernels, gpuKernels } from '../../../src/kernels/gpu/gpuKernels.ts';
import { GpuError } from '../../../src/kernels/gpu/modes.ts';
import { matmulLaunch } from '../../../src/kernels/gpu/products.ts';
import type { Kernels } from '../../../src/kernels/index.ts';
import { referenceKernels, wasmKernels } from '../../../src/kernels/index.ts';
import type { MatmulForm } from '../../../src/kernels/operands.ts';
import { expectSameBits, expectWithin, noise, unit, wasmBytes, withBuffers } from '../backends.ts';
import { type Fake, fakeGpuJs } from './fakeGpuJs.ts';

const fresh = (): Kernels => wasmKernels(wasmBytes());

function open(from = 1): { readonly fake: Fake; readonly kernels: GpuKernels } {
  const fake = fakeGpuJs();
  return { fake, kernels: gpuKernels(fresh(), openGpu(fake.gpujs, 'webgl2'), everythingFrom(from)) };
}

/** A product of noise on these kernels. */
function product(kernels: Kernels, form: MatmulForm, n: number): Float32Array {
  return withBuffers(kernels, (put) => {
    const out = put('f32', new Float64Array(2 * n * n));
    const [a, b] = [put('f32', noise(2 * n * n, 1)), put('f32', noise(2 * n * n, 2))];
    kernels.matmul(form, a, b, out, { batch: 2, m: n, n, k: n });
    return kernels.readSync(out) as Float32Array;
  });
}

describe('what is believed', () => {
  test('a mode is what gpu.js has built, not what it is called', async () => {
    for (const built of ['CPUKernel', 'WebGLKernel'] as const) {
      expect(() => openGpu(fakeGpuJs(built).gpujs, 'webgl2')).toThrow(
        `gpu.js mode webgl2: expected a WebGL2Kernel, but gpu.js built ${built}: its result is not used`,
      );
    }
    await expect(openGpu(fakeGpuJs('CPUKernel').gpujs, 'webgpu')).rejects.toThrow('expected a WebGPUKernel');
    expect(openGpu(fakeGpuJs().gpujs, 'cpu').device).toBe('cpu, by gpu.js');
  });

  test('a device that computes wrongly is not opened', () => {
    const fake = fakeGpuJs();
    fake.error = 1;
    expect(() => openGpu(fake.gpujs, 'webgl2')).toThrow('expected 2·3 = 6, but the device says 9');
    expect(fake.kernels).toBe(0);
  });

  test('a mode that is not there says what it needs', () => {
    expect(() => openGpu(fakeGpuJs().gpujs, 'headlessgl')).toThrow(GpuError);
    expect(() => openGpu(fakeGpuJs().gpujs, 'headlessgl')).toThrow(
      'not supported here, it needs Node.js with the package gl and a display',
    );
  });

  test('a lost context is an error at the next call, whatever it says', () => {
    const { fake, kernels } = open();
    fake.contextLost = true;
    expect(() => product(kernels, 'nn', 3)).toThrow('the GPU context was lost');
  });
});

describe('kernels of which some run on the GPU', () => {
  test.each(['nn', 'tn', 'nt'] as const)('products %s', (form) => {
    const { kernels } = open();
    const k = 5;
    // noise lies in ±2: (k + 1)·u·(4·k + 2) on either side.
    expectWithin(product(kernels, form, k), product(referenceKernels(), form, k), () => {
      return 2 * (k + 2) * unit.f32 * (4 * k + 2);
    });
    expect(kernels.gpuCalls).toBe(1);
    expect([kernels.backend, kernels.device, kernels.mode]).toEqual(['gpu', 'fake renderer', 'webgl2']);
  });

  test('work below the crossover has the bits of WASM and is not sent; null sends nothing', () => {
    const { kernels } = open(6);
    expectSameBits(product(kernels, 'nn', 4), product(fresh(), 'nn', 4));
    expect(kernels.gpuCalls).toBe(0);
    // Two products of 5³ are 250 multiply-adds, 6³ are 216.
    product(kernels, 'nn', 5);
    expect(kernels.gpuCalls).toBe(1);
    const never = { matmul: null, linearGelu: null, softmax: null, logSoftmax: null };
    const none = gpuKernels(fresh(), openGpu(fakeGpuJs().gpujs, 'webgl2'), never);
    product(none, 'nn', 40);
    expect(none.gpuCalls).toBe(0);
  });

  test('a chain moves nothing: each operand is sent once, results are fetched when they are read', () => {
    const { fake, kernels } = open();
    withBuffers(kernels, (put) => {
      const [x, w, b] = [put('f32', noise(9, 1)), put('f32', noise(9, 2)), put('f32', noise(3, 3))];
      const [sum, active] = [put('f32', new Float64Array(9)), put('f32', new Float64Array(9))];
      const before = fake.launches;
      kernels.linear(x, w, b, sum, { m: 3, n: 3, k: 3 });
      kernels.unary('gelu', sum, active);
      kernels.linear(active, w, b, x, { m: 3, n: 3, k: 3 });
      // Three uploads, three kernels.
      expect(fake.launches - before).toBe(6);
      const onWasm = fresh();
      const expected = withBuffers(onWasm, (own) => {
        const [y, v, c] = [own('f32', noise(9, 1)), own('f32', noise(9, 2)), own('f32', noise(3, 3))];
        onWasm.linearGelu(y, v, c, y, { m: 3, n: 3, k: 3 });
        return onWasm.readSync(y);
      });
      expectWithin(kernels.readSync(active), expected, () => 1e-5);
    });
    expect([kernels.resident, fake.textures]).toEqual([0, 0]);
  });

  test('values that are not finite stay on WASM', () => {
    const { kernels } = open();
    withBuffers(kernels, (put) => {
      const x = put('f32', [1, Number.NEGATIVE_INFINITY, 2, 3]);
      kernels.row('softmax', x, x, 2, 2);
      expect(Array.from(kernels.readSync(x).slice(0, 2))).toEqual([1, 0]);
    });
    expect(kernels.gpuCalls).toBe(0);
  });

  test('destroy() fetches what is only on the GPU and frees everything', async () => {
    const { fake, kernels } = open();
    const a = kernels.allocate('f32', 1);
    const out = kernels.allocate('f32', 1);
    kernels.write(a, [3]);
    kernels.matmul('nn', a, a, out, { batch: 1, m: 1, n: 1, k: 1 });
    await kernels.destroy();
    expect([fake.kernels, fake.textures]).toEqual([0, 0]);
    expect(kernels.readSync(out)[0]).toBe(9);
    expect(() => kernels.matmul('nn', a, a, out, { batch: 1, m: 1, n: 1, k: 1 })).toThrow(
      'used after destroy()',
    );
  });
});

describe('kernels of gpu.js', () => {
  test('are compiled once a shape, at most 256 of them, and freed', async () => {
    const fake = fakeGpuJs();
    const gpu = openGpu(fake.gpujs, 'webgl2');
    const x = gpu.upload(Float32Array.of(1));
    const before = fake.kernels;
    for (let i = 0; i < 3; i++) gpu.compute(matmulLaunch('nn', { batch: 1, m: 1, n: 1, k: 1 }), [x, x]);
    expect(fake.kernels).toBe(before + 1);
    for (let n = 1; n <= 300; n++) gpu.compute(matmulLaunch('nn', { batch: 1, m: 1, n, k: 1 }), [x, x]);
    expect(fake.kernels).toBe(256);
    expect(gpu.compiled).toBe(256);
    x.delete();
    await gpu.destroy();
    expect(fake.kernels).toBe(0);
  });

  test('a texture beyond the limit is an error before anything is made', () => {
    const fake = fakeGpuJs();
    const gpu = openGpu(fake.gpujs, 'webgl2');
    const x = gpu.upload(Float32Array.of(1));
    const before = fake.kernels;
    expect(() => gpu.compute(matmulLaunch('nn', { batch: 1, m: 1, n: 1025, k: 1 }), [x, x])).not.toThrow();
    expect(() => gpu.compute(matmulLaunch('nn', { batch: 1, m: 2, n: 1025, k: 1 }), [x, x])).toThrow(
      'matmul nn 1x2x1025x1: a texture of 1025×2×1 elements is larger than this device allows: 1024×1024 texels',
    );
    expect(fake.kernels).toBe(before + 1);
  });
});
