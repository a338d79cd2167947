// gradsplit/train@1 and gradsplit/presets@1: what `gradsplit train --json` and `gradsplit presets --json` write.
import { z } from 'zod';
import { byComponent, kernelsInfo, measure, warnings } from './parts.ts';

const metrics = z.strictObject({
  step: z.int().min(1),
  phase: z.enum(['base', 'train']),
  loss: measure,
  reward: measure,
  firstAttempt: measure,
  stopGivenCorrect: measure,
  resampleGivenWrong: measure,
  gradNorm: byComponent.describe('before clipping'),
  klToBase: measure.describe('mean over episodes of the sum of log pi - log pi_base'),
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
export const trainSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/train@1'),
    dir: z.string(),
    preset: z.string().nullable(),
    seed: z.int(),
    steps: z.int().min(0),
    checkpoint: z.string(),
    sha256: z.string().describe('of the last model.safetensors'),
    last: metrics.nullable().describe('the last line of metrics.jsonl'),
    seconds: measure,
    kernels: kernelsInfo,
    profile: profile.optional().describe('with --profile'),
    warnings,
  })
  .meta({ title: 'gradsplit/train@1', description: 'The result of a training run' });

/** The schema of the list of presets. */
export const presetsSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/presets@1'),
    presets: z.array(
      z.strictObject({
        name: z.string(),
        task: z.string(),
        sentence: z.string(),
        minutes: z.number().describe('about what train takes on one core'),
      }),
    ),
  })
  .meta({ title: 'gradsplit/presets@1', description: 'Configurations of training by name' });
