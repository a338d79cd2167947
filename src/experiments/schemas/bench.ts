// gradsplit/bench@1: what `gradsplit bench --json` writes and `--compare` reads.
import { z } from 'zod';
import { measure, warnings } from './parts.ts';

const result = z.strictObject({
  suite: z.string(),
  name: z.string(),
  unit: z.string(),
  value: measure,
  ci95: z.tuple([measure, measure]).describe('95 % confidence interval of value'),
  samples: z.int().min(0),
  ofCeiling: measure.optional().describe('value over the ceiling of this machine in the same run'),
  peers: z.record(z.string(), z.strictObject({ value: measure })),
  warnings: z.array(z.string()),
});

/** The schema. */
export const benchSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/bench@1'),
    machine: z.strictObject({ cpu: z.string(), node: z.string(), threads: z.int().min(1) }),
    build: z.enum(['plain', 'relaxed']),
    ceiling: z.strictObject({ gflops: measure, how: z.string() }),
    results: z.array(result),
    warnings,
  })
  .meta({ title: 'gradsplit/bench@1', description: 'Benchmark results beside the ceiling of the machine' });
