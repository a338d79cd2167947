// The part of gpu.js that is used here, as a type. The package is passed in by the program and imported by nothing below
// `host`, so that everything works without it.

/** A WebGL rendering context, or adapter and device of WebGPU. Only what is read of it. */
export interface GpuJsContext {
  isContextLost?(): boolean;
  getExtension?(name: string): Readonly<Record<string, number>> | null;
  getParameter?(parameter: number): unknown;
  readonly RENDERER?: number;
  readonly isLost?: boolean;
  readonly adapter?: { readonly info?: Readonly<Record<string, unknown>> };
}

/** A kernel as gpu.js hands it out: a function that carries what it was really built as. */
export interface GpuJsKernel {
  (...operands: readonly unknown[]): unknown;
  /** What computes. gpu.js replaces it without a word when it falls back on the CPU. */
  readonly kernel: { readonly constructor: unknown; readonly context: GpuJsContext | undefined };
  destroy(): void;
}

/** One GPU context and the kernels made for it. */
export interface GpuJsInstance {
  createKernel(source: string, settings: object): GpuJsKernel;
  destroy(): Promise<void>;
}

/** What is read of a kernel class. */
export type GpuJsClass = { readonly features?: { readonly maxTextureSize: number } | null };

/** gpu.js itself: the exports of its Node package, or the global of its browser bundle. */
export interface GpuJs {
  readonly GPU: new (settings: { readonly mode: string }) => GpuJsInstance;
  /** Wraps a flat array with its extents, fastest first, so that it is uploaded as it is. */
  readonly input: (values: Float32Array, size: number[]) => unknown;
  readonly WebGL2Kernel: GpuJsClass;
  readonly WebGLKernel: GpuJsClass;
  readonly HeadlessGLKernel: GpuJsClass;
  readonly WebGPUKernel: GpuJsClass;
  readonly CPUKernel: GpuJsClass;
}
