// What computes behind a mode, as its driver names it; whether it is still there; and how large a result it can hold.
import type { GpuJs, GpuJsContext } from './gpujs.ts';
import type { Program } from './launch.ts';
import { GpuError, modes, type OpenableMode } from './modes.ts';

/** Whether a context has been lost; one that was never opened has not. */
export function isContextLost(context: GpuJsContext | undefined): boolean {
  return context?.isLost === true || context?.isContextLost?.() === true;
}

function webglDevice(context: GpuJsContext): string {
  const unmasked = context.getExtension?.('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  return String(context.getParameter?.(unmasked ?? context.RENDERER!));
}

function webgpuDevice({ adapter }: GpuJsContext): string {
  const { vendor, architecture, device, description } = adapter?.info ?? {};
  const parts = [vendor, architecture, device, description].map((part) => String(part ?? ''));
  return [...new Set(parts.filter((part) => part !== ''))].join(' ') || 'an adapter without a name';
}

/** A sentence fragment such as `ANGLE (NVIDIA, …)`. */
export function deviceOf(mode: OpenableMode, context: GpuJsContext | undefined): string {
  if (mode === 'cpu') return 'cpu, by gpu.js';
  if (context === undefined) return 'not known yet';
  return mode === 'webgpu' ? webgpuDevice(context) : webglDevice(context);
}

/** Names of renderers that compute on the processor: they prove that results are right, not that they are fast. */
export function isSoftware(device: string): boolean {
  return /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render/i.test(device);
}

/** Indices beyond are not exact where a shader computes them in floats, as WebGL 1 may. */
const EXACT_INDICES = 2 ** 24;

/**
 * Checked before anything is made: past its limits a driver may answer with zeros. gpu.js lays a plane out as it is and anything
 * else as nearly a square.
 * @throws GpuError if a program's result does not fit into a texture
 */
export function checkSize(gpujs: GpuJs, mode: OpenableMode, { key, output: [x, y, z] }: Program): void {
  // gpu.js asks WebGPU's device itself.
  if (mode === 'webgpu' || mode === 'cpu') return;
  const side = gpujs[modes[mode].kernelClass].features?.maxTextureSize ?? 0;
  const most = mode === 'webgl2' ? side * side : Math.min(side * side, EXACT_INDICES);
  const elements = x * y * z;
  const extent = y > 1 && z === 1 ? Math.max(x, y) : Math.ceil(Math.sqrt(elements));
  if (extent <= side && elements <= most) return;
  throw new GpuError(
    `gpu.js mode ${mode}, ${key}: a texture of ${x}×${y}×${z} elements is larger than this device allows: ` +
      `${side}×${side} texels${most < side * side ? `, ${most} elements` : ''}`,
  );
}
