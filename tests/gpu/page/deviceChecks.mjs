// What can go wrong with a device, forced: another kernel class than asked for, a lost context, a shader that does not compile,
// a texture that is too large; and that compiled kernels are shared and freed.
import { matmulLaunch, openGpu } from 'gradsplit/gpu';
import { expectGpuError, expectTrue, noise } from './compare.mjs';

/** gpu.js whose instances are noted, and may be given another mode than the one asked for. */
function spied(gpujs, otherMode) {
  const instances = [];
  class Spied extends gpujs.GPU {
    constructor({ mode }) {
      super({ mode: otherMode ?? mode });
      instances.push(this);
    }
  }
  return { gpujs: { ...gpujs, GPU: Spied }, instances };
}

function product(gpu, size) {
  const operands = [gpu.upload(noise(size, 1)), gpu.upload(noise(size, 2))];
  try {
    return gpu.compute(matmulLaunch('nn', { batch: 1, m: size, n: size, k: 1 }), operands);
  } finally {
    for (const texture of operands) texture.delete();
  }
}

/** gpu.js that computes on the CPU, whatever it was asked for, is refused; by name it is taken. */
export async function noSilentCpu({ gpujs }, mode) {
  const lying = spied(gpujs, 'cpu').gpujs;
  const message = await expectGpuError(
    () => openGpu(lying, mode),
    /expected a \w+Kernel, but gpu\.js built CPUKernel/,
  );
  const named = openGpu(gpujs, 'cpu');
  expectTrue('the CPU by name', named.device === 'cpu, by gpu.js' && product(named, 3).length === 9);
  await named.destroy();
  return message;
}

/** A context that is lost between two calls. */
export async function lostContext({ gpujs }, mode) {
  const { gpujs: module, instances } = spied(gpujs);
  const gpu = openGpu(module, mode);
  const x = gpu.upload(noise(9, 1));
  const extension = instances[0].context.getExtension('WEBGL_lose_context');
  expectTrue('the browser can lose a context', extension !== null);
  extension.loseContext();
  const message = await expectGpuError(() => product(gpu, 3), /the GPU context was lost/);
  await expectGpuError(() => gpu.read(x), /the GPU context was lost/);
  return message;
}

/** A driver that does not understand the shader. */
export async function brokenShader({ gpujs }, mode) {
  const { gpujs: module, instances } = spied(gpujs);
  const gpu = openGpu(module, mode);
  const { context } = instances[0];
  const shaderSource = context.shaderSource.bind(context);
  context.shaderSource = (shader, source) => shaderSource(shader, `${source}\nthis is no GLSL`);
  const message = await expectGpuError(
    () => product(gpu, 4),
    /mode \w+, upload 4: Error compiling \w+ shader/,
  );
  context.shaderSource = shaderSource;
  expectTrue('other kernels compile again', product(gpu, 5).length === 25);
  await gpu.destroy();
  return message;
}

/** A result beyond what the device allows. */
export async function tooLarge({ gpujs }, mode) {
  const gpu = openGpu(gpujs, mode);
  const message = await expectGpuError(
    () => product(gpu, 40_000),
    /matmul nn 1x40000x40000x1: a texture of 40000×40000×1 elements is larger than this device allows: \d+×\d+/,
  );
  await gpu.destroy();
  return message;
}

/** Kernels are compiled once a shape; of many shapes only some are kept; after destroy() nothing runs. */
export async function compiledKernels({ gpujs }, mode) {
  const gpu = openGpu(gpujs, mode);
  product(gpu, 3);
  const once = gpu.compiled;
  for (let i = 0; i < 5; i++) product(gpu, 3);
  expectTrue('five more products compile nothing', gpu.compiled === once);
  for (let size = 1; size <= 140; size++) product(gpu, size);
  expectTrue(`${gpu.compiled} kernels are kept`, gpu.compiled <= 256);
  expectTrue('an evicted shape is compiled again', product(gpu, 3).length === 9);
  await gpu.destroy();
  return expectGpuError(() => product(gpu, 3), /used after destroy/);
}
