// All checks by mode, for the browser and for Node. A check throws if it fails, else it gives a sentence or nothing.
import { asynchronous, brokenShaderLater, freeEventLoop, lostDevice, tooLargeLater } from './asyncChecks.mjs';
import { brokenShader, compiledKernels, lostContext, noSilentCpu, tooLarge } from './deviceChecks.mjs';
import { affineMaps, products, residency, rows, staysOnWasm, survey } from './kernelChecks.mjs';
import { trainingStep } from './trainingChecks.mjs';

const surveys = Object.fromEntries(
  [1, 3, 33, 64, 256].map((size) => [
    `every kernel at size ${size}`,
    (environment, mode) => survey(environment, mode, size),
  ]),
);

const synchronous = {
  ...surveys,
  'products of all forms, batched': products,
  'affine maps, with gelu fused and chained': affineMaps,
  'softmax and logSoftmax': rows,
  'what stays on WASM': staysOnWasm,
  'results stay on the GPU until read': residency,
  'a training step has the gradients of WASM': trainingStep,
  'kernels are compiled once and freed': compiledKernels,
  'no silent CPU': noSilentCpu,
  'a shader that does not compile': brokenShader,
  'a texture that is too large': tooLarge,
};

/** Checks by mode and name. headless-gl cannot lose a context. */
export const checks = {
  webgl2: { ...synchronous, 'a lost context': lostContext },
  webgl: { ...synchronous, 'a lost context': lostContext },
  headlessgl: synchronous,
  webgpu: {
    ...surveys,
    'every launch, answered later': asynchronous,
    'the event loop goes on': freeEventLoop,
    'no silent CPU': noSilentCpu,
    'a shader that does not compile': brokenShaderLater,
    'a texture that is too large': tooLargeLater,
    'a lost context': lostDevice,
  },
};
