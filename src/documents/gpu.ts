// gradsplit/gpu@1: what `gradsplit gpu --json` writes.
import { z } from 'zod';
import { crossover } from './kernels.ts';
import { measure, type Of, warnings } from './parts.ts';

const kernel = z.strictObject({
  name: z.string(),
  size: z.int().positive().describe('N of N x N operands; batched products have three of them'),
  maxError: measure.describe('of the element that comes nearest to what it is allowed'),
  tolerance: measure,
  milliseconds: measure.describe('transfers included'),
  wasmMilliseconds: measure,
});

const mode = z.strictObject({
  mode: z.enum(['webgl2', 'webgl', 'headlessgl', 'webgpu']),
  available: z.boolean(),
  kernelClass: z.string().nullable().describe('what gpu.js has built'),
  device: z.string().nullable(),
  reason: z.string().nullable().describe('why it is not available'),
  kernels: z.array(kernel),
  /** All null where it was not measured. */
  crossover,
});

/** The schema. */
export const gpuSchema = z
  .strictObject({
    schema: z.literal('gradsplit/gpu@1'),
    build: z.string().describe('of the WASM kernels beside'),
    modes: z.array(mode),
    warnings,
  })
  .meta({ title: 'gradsplit/gpu@1', description: 'GPU modes of gpu.js on this machine' });

/** What every mode can do. */
export type GpuDocument = Of<typeof gpuSchema>;

/** One mode. */
export type ModeReport = Of<typeof mode>;

/** One kernel of a mode at one size. */
export type KernelReport = Of<typeof kernel>;
