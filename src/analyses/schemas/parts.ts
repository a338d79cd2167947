// What the schemas of several documents share.
import { z } from 'zod';

/** A measured number; null stands for NaN or ±Infinity, and `warnings` says so. */
export const measure: z.ZodType<number | null> = z.number().nullable();

/** Paths of numbers that were not finite. */
export const warnings: z.ZodType<readonly string[] | undefined> = z
  .array(z.string())
  .optional()
  .describe('numbers that were NaN or infinite and are written as null');

/** Tokens separated by commas, '/' after each RESAMPLE. */
const history = z.string().regex(/^(\d+([,/]\d+)*\/?)?$/);

/** Numbers by history: `width` of them in each row, if given. */
export function rows<T>(number: z.ZodType<T>, width?: number): z.ZodType<Record<string, T[]>> {
  return z.record(history, width === undefined ? z.array(number) : z.array(number).length(width));
}

/** Numbers by trajectory. */
export function byTrajectory<T>(number: z.ZodType<T>): z.ZodType<Record<string, T>> {
  return z.record(history, number);
}

/** One number by component. */
export const byComponent: z.ZodType = z.strictObject({ sample: measure, decision: measure, total: measure });

const from = z.int().positive().nullable();

/** Sizes from which a GPU beats WASM; null: never on this device. */
export const crossover: z.ZodType = z.strictObject({
  matmul: from,
  linearGelu: from,
  softmax: from,
  logSoftmax: from,
});

/** What has computed. */
export const kernelsInfo: z.ZodType = z.strictObject({
  backend: z.enum(['wasm', 'gpu', 'reference']),
  build: z.string().describe('plain or relaxed'),
  device: z.string().describe('cpu, or the GPU as its driver names it'),
  gpu: z
    .strictObject({
      mode: z.string(),
      crossover,
      calls: z.int().min(0).describe('kernel calls that the GPU has computed'),
    })
    .optional(),
});

/** A gradient with respect to the logits, same keys and shapes as `logits`. */
export const gradient: z.ZodType = z.strictObject({ sample: rows(measure), decision: rows(measure, 2) });
