// The page's side: runs a check by mode and name.
import { gpuModes, openGpu } from 'gradsplit/gpu';
import { wasmKernels } from 'gradsplit/kernels';
import { checks } from './index.mjs';

const bytes = await (await fetch('/dist/wasm/plain.wasm')).arrayBuffer();
const environment = { gpujs: window.GPU, makeKernels: () => wasmKernels(bytes) };

/** Why a mode cannot be had here; undefined if it can. */
async function whyNot(mode) {
  try {
    const gpu = await openGpu(window.GPU, mode);
    await gpu.destroy();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

window.gpuChecks = {
  modes: async () => {
    const reasons = [];
    for (const mode of gpuModes) reasons.push([mode, await whyNot(mode)]);
    return Object.fromEntries(reasons);
  },
  names: () => Object.fromEntries(Object.entries(checks).map(([mode, of]) => [mode, Object.keys(of)])),
  run: (mode, name) => checks[mode][name](environment, mode),
};
