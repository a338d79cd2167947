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

/** A gradient with respect to the logits, same keys and shapes as `logits`. */
export const gradient: z.ZodType = z.strictObject({ sample: rows(measure), decision: rows(measure, 2) });
