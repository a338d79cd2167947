// gradsplit/runs@1: what `gradsplit report --json` writes: several training runs beside each other.
import { z } from 'zod';
import type { Of } from './parts.ts';
import { metricsSchema } from './train.ts';

const run = z.strictObject({
  dir: z.string(),
  preset: z.string().nullable(),
  seed: z.int(),
  task: z.string(),
  base: z.string().describe('objective of the base phase'),
  train: z.string().describe('objective of the phase after it'),
  steps: z.int().min(0).describe('steps done in all phases'),
  last: metricsSchema.nullable().describe('the last line of metrics.jsonl'),
});

/** The schema. */
export const runsSchema = z
  .strictObject({
    schema: z.literal('gradsplit/runs@1'),
    runs: z.array(run),
    differences: z
      .array(z.strictObject({ key: z.string(), values: z.array(z.string().nullable()) }))
      .describe(
        'entries of the configurations that are not the same; a value a run, null where a run has no such entry',
      ),
  })
  .meta({ title: 'gradsplit/runs@1', description: 'Training runs beside each other' });

/** Training runs beside each other. */
export type RunsDocument = Of<typeof runsSchema>;
