// What has computed: part of every document about a run.
import { z } from 'zod';
import type { Of } from './parts.ts';

const from = z.int().positive().nullable();

/** For each kernel the size N of N×N operands from which a GPU beats WASM; null: never on this device. */
export const crossover = z.strictObject({
  matmul: from,
  linearGelu: from,
  softmax: from,
  logSoftmax: from,
});

/** The sizes from which a GPU beats WASM. */
export type Crossover = Of<typeof crossover>;

/** What has computed. */
export const kernelsInfoSchema = z.strictObject({
  backend: z.enum(['wasm', 'gpu', 'reference']),
  build: z.string().describe('plain or relaxed'),
  device: z.string().describe('cpu, or the GPU as its driver names it'),
  gpu: z.exactOptional(
    z.strictObject({
      mode: z.string(),
      crossover,
      calls: z.int().min(0).describe('kernel calls that the GPU has computed'),
    }),
  ),
});

/** What has computed: backend, build and device; with a GPU also how much of it went there. */
export type KernelsInfo = Of<typeof kernelsInfoSchema>;
