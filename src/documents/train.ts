// gradsplit/train@1: what `gradsplit train --json` writes.
import { z } from 'zod';
import { kernelsInfoSchema } from './kernels.ts';
import { measure, numberOrNull, type Of, warnings } from './parts.ts';

/** A line of metrics.jsonl. */
export const metricsSchema = z.strictObject({
  /** Steps done in all phases. */
  step: z.int().min(1),
  phase: z.enum(['base', 'train']),
  /** Null where there was nothing to learn from: the parameters stay as they are. */
  loss: numberOrNull,
  reward: numberOrNull,
  firstAttempt: numberOrNull,
  stopGivenCorrect: numberOrNull,
  resampleGivenWrong: numberOrNull,
  gradNorm: z
    .strictObject({ total: measure, sample: numberOrNull, decision: numberOrNull })
    .describe('before clipping; sample and decision are null at steps without the split'),
  klToBase: numberOrNull.describe('mean over episodes of the sum of log pi - log pi_base'),
  kept: z.int().min(0).nullable().describe('episodes that filtered SFT learned from'),
  missingErrors: z.int().min(0).nullable().describe('wrong attempts that the policy did not make'),
  tokensPerSecond: measure,
});

const profile = z.strictObject({
  seconds: measure.describe('of the loop'),
  inKernels: measure.describe('share of the loop'),
  kernels: z.array(
    z.strictObject({ name: z.string(), calls: z.int().min(1), seconds: measure, share: measure }),
  ),
});

/** The schema of a run's result. */
export const trainSchema = z
  .strictObject({
    schema: z.literal('gradsplit/train@1'),
    dir: z.string(),
    preset: z.string().nullable(),
    seed: z.int(),
    steps: z.int().min(0),
    checkpoint: z.string(),
    sha256: z.string().describe('of the last model.safetensors'),
    last: metricsSchema.nullable().describe('the last line of metrics.jsonl'),
    seconds: measure,
    kernels: kernelsInfoSchema,
    profile: z.exactOptional(profile).describe('with --profile'),
    warnings,
  })
  .meta({ title: 'gradsplit/train@1', description: 'The result of a training run' });

/** The result of a training run. */
export type TrainDocument = Of<typeof trainSchema>;

/** A line of metrics.jsonl: what a step says of itself; null where there is nothing to say. */
export type MetricsLine = Of<typeof metricsSchema>;

/** Where the time of a run went, also in its profile.json. */
export type KernelProfile = Of<typeof profile>;
