// gradsplit/compare@1: what `gradsplit compare --json` writes.
import { z } from 'zod';
import { estimate, estimatesSchema, measuresSchema } from './evaluation.ts';
import { bySplit, measure, type Of, warnings } from './parts.ts';

/** One split: x/y means that x draws the attempts and y decides. */
const splitOf = <M extends z.ZodType, N extends z.ZodType>(measures: M, number: N) =>
  z.strictObject({
    grid: z.strictObject({ 'a/a': measures, 'a/b': measures, 'b/a': measures, 'b/b': measures }),
    shapley: z
      .strictObject({ sample: number, decision: number })
      .describe('of the gain in accuracy from a/a to b/b'),
  });

/** One split of a comparison, with intervals. */
export const comparedSplit = splitOf(estimatesSchema, estimate);

/** One split of a comparison at one seed, without intervals. */
export const swappedSplit = splitOf(measuresSchema, measure);

/** The schema of a comparison. */
export const comparisonSchema = z
  .strictObject({
    schema: z.literal('gradsplit/compare@1'),
    models: z.tuple([z.string(), z.string()]),
    task: z.string(),
    splits: bySplit(comparedSplit),
    warnings,
  })
  .meta({ title: 'gradsplit/compare@1', description: 'Two trained policies with their components swapped' });

/** Two trained policies, a and b, with their components swapped. */
export type ComparisonDocument = Of<typeof comparisonSchema>;

/** The four policies on one split, with intervals. */
export type ComparedSplit = Of<typeof comparedSplit>;

/** The four policies on one split at one seed. */
export type SwappedSplit = Of<typeof swappedSplit>;

/** One of the four policies: x/y means that x draws the attempts and y decides. */
export type Cell = keyof ComparedSplit['grid'];
