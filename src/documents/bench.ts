// gradsplit/bench@1: what `gradsplit bench --json` writes and `--compare` reads.
import { z } from 'zod';
import { kernelsInfoSchema } from './kernels.ts';
import type { Of } from './parts.ts';

const positive = z.number().positive();

const peer = z.strictObject({ value: positive });

const result = z.strictObject({
  suite: z.string(),
  name: z.string(),
  unit: z.string(),
  value: positive.describe('mean of the samples; more is better, except of units ratio and MiB'),
  ci95: z.tuple([z.number(), z.number()]).describe('95 % confidence interval of the mean'),
  samples: z.array(z.number()),
  // Best against best: other programs slow both down, never up, so this share is steady where `value` is not.
  ofCeiling: positive.describe(
    'what was reached at best over the ceiling of this machine in the same run; for ratio and MiB the least possible over the value',
  ),
  peers: z.record(z.string(), peer),
  // Each says what is wrong and what to do next.
  warnings: z.array(z.string()),
});

const machine = z.strictObject({ cpu: z.string(), node: z.string(), threads: z.int().positive() });
const ceiling = z.strictObject({ gflops: positive, how: z.string() });

/** The schema. */
export const benchSchema = z
  .strictObject({
    schema: z.literal('gradsplit/bench@1'),
    machine,
    build: z.string().describe('plain or relaxed'),
    // Documents from before this was noted have none.
    kernels: z.exactOptional(kernelsInfoSchema),
    ceiling,
    results: z.array(result),
  })
  .meta({ title: 'gradsplit/bench@1', description: 'Benchmark results beside the ceiling of the machine' });

/** Names of all fields, for near misses. */
export const benchFields: readonly string[] = [benchSchema, machine, ceiling, result].flatMap((part) =>
  Object.keys(part.shape),
);

/** A whole run. */
export type BenchResult = Of<typeof benchSchema>;

/** One measured case; `samples`, `value` and `ci95` are in `unit`. */
export type CaseResult = Of<typeof result>;

/** A peer measured on the same case in the same run. */
export type PeerResult = Of<typeof peer>;
