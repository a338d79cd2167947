// How large a texture may be, checked before anything is made: past its limits a driver may answer with zeros.
import type { GpuJs } from './gpujs.ts';
import { GpuError, kernelClassOf, type OpenableMode } from './mode.ts';
import type { Program } from './program.ts';

/** Indices beyond are not exact where a shader computes them in floats, as WebGL 1 may. */
const EXACT_INDICES = 2 ** 24;

/**
 * gpu.js lays a plane out as it is and anything else as nearly a square.
 * @throws GpuError if a program's result does not fit
 */
export function checkSize(gpujs: GpuJs, mode: OpenableMode, { key, output: [x, y, z] }: Program): void {
  // gpu.js asks WebGPU's device itself.
  if (mode === 'webgpu' || mode === 'cpu') return;
  const side = gpujs[kernelClassOf(mode)].features?.maxTextureSize ?? 0;
  const most = mode === 'webgl2' ? side * side : Math.min(side * side, EXACT_INDICES);
  const elements = x * y * z;
  const extent = y > 1 && z === 1 ? Math.max(x, y) : Math.ceil(Math.sqrt(elements));
  if (extent <= side && elements <= most) return;
  throw new GpuError(
    `gpu.js mode ${mode}, ${key}: a texture of ${x}×${y}×${z} elements is larger than this device allows: ` +
      `${side}×${side} texels${most < side * side ? `, ${most} elements` : ''}`,
  );
}
