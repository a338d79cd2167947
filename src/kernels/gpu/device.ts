// What computes behind a mode, as its driver names it, and whether it is still there.
import type { OpenableMode } from './mode.ts';

/** The context that gpu.js holds: a WebGL rendering context, or adapter and device of WebGPU. Only what is read of it. */
export interface RawContext {
  isContextLost?(): boolean;
  getExtension?(name: string): Readonly<Record<string, number>> | null;
  getParameter?(parameter: number): unknown;
  readonly RENDERER?: number;
  readonly isLost?: boolean;
  readonly adapter?: { readonly info?: Readonly<Record<string, unknown>> };
}

/** Whether a context has been lost; one that was never opened has not. */
export function isContextLost(context: RawContext | undefined): boolean {
  return context?.isLost === true || context?.isContextLost?.() === true;
}

function ofWebgl(context: RawContext): string {
  const unmasked = context.getExtension?.('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  return String(context.getParameter?.(unmasked ?? context.RENDERER!));
}

function ofAdapter(info: Readonly<Record<string, unknown>>): string {
  const parts = ['vendor', 'architecture', 'device', 'description'].map((field) => String(info[field] ?? ''));
  return [...new Set(parts.filter((part) => part !== ''))].join(' ') || 'an adapter without a name';
}

/** A sentence fragment such as `ANGLE (NVIDIA, …)`. */
export function deviceOf(mode: OpenableMode, context: RawContext | undefined): string {
  if (mode === 'cpu') return 'cpu, by gpu.js';
  if (context === undefined) return 'not known yet';
  return mode === 'webgpu' ? ofAdapter(context.adapter?.info ?? {}) : ofWebgl(context);
}

/** Names of renderers that compute on the processor: they prove that results are right, not that they are fast. */
export function isSoftware(device: string): boolean {
  return /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render/i.test(device);
}
