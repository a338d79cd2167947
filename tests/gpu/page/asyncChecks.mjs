// WebGPU, which answers later: results, errors, and that the event loop goes on meanwhile.
import { linearLaunch, matmulLaunch, openGpu, rowLaunch } from 'gradsplit/gpu';
import { referenceKernels } from 'gradsplit/kernels';
import { expectGpuError, expectTrue, expectWithin, noise, resultOf, UNIT } from './compare.mjs';

/** Every launch, answered later, against the plain loops. */
export async function asynchronous({ gpujs }) {
  const gpu = await openGpu(gpujs, 'webgpu');
  const reference = referenceKernels();
  const [batch, m, n, k] = [2, 7, 33, 17];
  for (const form of ['nn', 'tn', 'nt']) {
    const operands = [noise(batch * m * k, 1), noise(batch * k * n, 2)];
    const expected = resultOf(reference, operands, new Float32Array(batch * m * n), (to, [a, b], out) => {
      to.matmul(form, a, b, out, { batch, m, n, k });
    });
    const found = await gpu.compute(matmulLaunch(form, { batch, m, n, k }), operands);
    // Terms of at most 4: (k + 1)·u·4·k on either side.
    expectWithin(form, found, expected, () => 2 * (k + 2) * UNIT * 4 * k);
  }
  for (const name of ['linear', 'linearGelu']) {
    const operands = [noise(m * k, 3), noise(k * n, 4), noise(n, 5)];
    const expected = resultOf(reference, operands, new Float32Array(m * n), (to, [x, w, b], out) => {
      to[name](x, w, b, out, { m, n, k });
    });
    const found = await gpu.compute(linearLaunch(name, { m, n, k }), operands);
    expectWithin(
      name,
      found,
      expected,
      (i) => 8 * (k + 2) * UNIT * (4 * k + 2) + 200 * UNIT * Math.abs(expected[i]),
    );
  }
  for (const kernel of ['softmax', 'logSoftmax']) {
    const x = noise(m * n, 6);
    const expected = resultOf(reference, [x], new Float32Array(m * n), (to, [from], out) => {
      to.row(kernel, from, out, m, n);
    });
    expectWithin(
      kernel,
      await gpu.compute(rowLaunch(kernel, m, n), [x]),
      expected,
      () => (64 + 2 * n) * UNIT + 2 ** -21,
    );
  }
  const { device } = gpu;
  await gpu.destroy();
  await expectGpuError(() => gpu.compute(rowLaunch('softmax', 2, 2), [noise(4, 1)]), /used after destroy/);
  return device;
}

/** A timer goes off while a product is under way. */
export async function freeEventLoop({ gpujs }) {
  const gpu = await openGpu(gpujs, 'webgpu');
  const size = 256;
  const [a, b] = [noise(size * size, 1), noise(size * size, 2)];
  let ticks = 0;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    ticks++;
    port2.postMessage(0);
  };
  port2.postMessage(0);
  await gpu.compute(matmulLaunch('nn', { batch: 1, m: size, n: size, k: size }), [a, b]);
  port1.close();
  await gpu.destroy();
  expectTrue('the event loop turned meanwhile', ticks > 1);
  return `${ticks} turns`;
}

/** A device that is lost between two calls. */
export async function lostDevice({ gpujs }) {
  const gpu = await openGpu(gpujs, 'webgpu');
  await gpu.compute(matmulLaunch('nn', { batch: 1, m: 2, n: 2, k: 2 }), [noise(4, 1), noise(4, 2)]);
  await gpujs.WebGPUContext.destroy();
  const message = await expectGpuError(
    () => gpu.compute(matmulLaunch('nn', { batch: 1, m: 2, n: 2, k: 2 }), [noise(4, 1), noise(4, 2)]),
    /the GPU context was lost/,
  );
  const again = await openGpu(gpujs, 'webgpu');
  await again.destroy();
  return message;
}

/** A driver that does not understand the shader. */
export async function brokenShaderLater({ gpujs }) {
  const gpu = await openGpu(gpujs, 'webgpu');
  const { createShaderModule } = GPUDevice.prototype;
  GPUDevice.prototype.createShaderModule = function broken({ code }) {
    return createShaderModule.call(this, { code: `${code}\nthis is no WGSL` });
  };
  try {
    return await expectGpuError(
      () => gpu.compute(rowLaunch('softmax', 2, 2), [noise(4, 1)]),
      /mode webgpu, upload 4: Error compiling WGSL compute shader/,
    );
  } finally {
    GPUDevice.prototype.createShaderModule = createShaderModule;
    await gpu.destroy();
  }
}

/** A result beyond what the device allows. */
export async function tooLargeLater({ gpujs }) {
  const gpu = await openGpu(gpujs, 'webgpu');
  const [a, b] = [await gpu.upload(noise(40_000, 1)), await gpu.upload(noise(40_000, 2))];
  const message = await expectGpuError(
    () => gpu.compute(matmulLaunch('nn', { batch: 1, m: 40_000, n: 40_000, k: 1 }), [a, b]),
    /matmul nn 1x40000x40000x1: .*needs 6400000000 bytes but this device allows \d+/,
  );
  a.delete();
  b.delete();
  await gpu.destroy();
  return message;
}
