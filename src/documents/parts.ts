// What the schemas of several documents share, and the type that follows from a schema.
import { z } from 'zod';

/** A value that nobody changes; arrays of numbers and functions stay what they are. */
type Immutable<T> = T extends ArrayBufferView | ((...args: never[]) => unknown)
  ? T
  : T extends object
    ? { readonly [K in keyof T]: Immutable<T[K]> }
    : T;

/** The type of a document in memory, from its schema. */
export type Of<Schema extends z.ZodType> = Immutable<z.output<Schema>>;

/** A measured number. NaN and ±Infinity are written as null, and `warnings` says so; null is read as NaN. */
export const measure = z
  .number()
  .nullable()
  .transform((x) => x ?? Number.NaN);

/** A number, or null where there is none. */
export const numberOrNull = z.number().nullable();

/** A fraction such as 3/7, as a text. */
export const fractionText = z
  .string()
  .regex(/^-?\d+(\/0*[1-9]\d*)?$/)
  .describe('a fraction such as "3/7"');

/** Paths of numbers that were not finite. */
export const warnings = z
  .exactOptional(z.array(z.string()))
  .describe('numbers that were NaN or infinite and are written as null');

/** Tokens separated by commas, '/' after each RESAMPLE. */
const history = z.string().regex(/^(\d+([,/]\d+)*\/?)?$/);

/** Numbers by history: `width` of them in each row, if given. */
export const rows = <T extends z.ZodType>(number: T, width?: number) =>
  z.record(history, width === undefined ? z.array(number) : z.array(number).length(width));

/** Numbers by trajectory. */
export const byTrajectory = <T extends z.ZodType>(number: T) => z.record(history, number);

/** One number by component, and of both together. */
export const byComponent = <T extends z.ZodType>(number: T) =>
  z.strictObject({ sample: number, decision: number, total: number });

/** ‖·‖₂ by component and of both together. */
export const norms = byComponent(measure);

/** Something for each split: in distribution and out of it. */
export const bySplit = <T extends z.ZodType>(schema: T) => z.strictObject({ id: schema, ood: schema });
