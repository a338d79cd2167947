// gradsplit/eval@1, gradsplit/compare@1 and gradsplit/sample@1: what the commands on trained policies write with --json.
import { z } from 'zod';
import { measure, warnings } from './parts.ts';

const estimate = z.strictObject({ mean: measure, ci95: z.tuple([measure, measure]) });

/** The measures of a policy on one split. */
export const measuresSchema: z.ZodType = z.strictObject({
  episodes: z.int().min(1),
  accuracy: estimate,
  firstAttempt: estimate,
  laterAttempts: z
    .array(estimate)
    .describe('accuracy of attempt k = 2, 3 ... where all before it were wrong'),
  stopGivenCorrect: estimate,
  resampleGivenWrong: estimate,
  balancedAccuracy: estimate,
  auc: estimate,
  attempts: estimate,
  closedForm: estimate.describe('accuracy with unlimited attempts'),
});

const bySplit = (schema: z.ZodType): z.ZodType => z.strictObject({ id: schema, ood: schema });

/** The schema of an evaluation. */
export const evaluationSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/eval@1'),
    checkpoint: z.string(),
    task: z.string(),
    splits: bySplit(measuresSchema),
    warnings,
  })
  .meta({ title: 'gradsplit/eval@1', description: 'Measures of a trained policy' });

/** One split of a comparison: x/y means that x draws the attempts and y decides. */
export const comparedSplit: z.ZodType = z.strictObject({
  grid: z.strictObject({
    'a/a': measuresSchema,
    'a/b': measuresSchema,
    'b/a': measuresSchema,
    'b/b': measuresSchema,
  }),
  shapley: z
    .strictObject({ sample: estimate, decision: estimate })
    .describe('of the gain in accuracy from a/a to b/b'),
});

/** The schema of a comparison. */
export const comparisonSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/compare@1'),
    models: z.tuple([z.string(), z.string()]),
    task: z.string(),
    splits: bySplit(comparedSplit),
    warnings,
  })
  .meta({ title: 'gradsplit/compare@1', description: 'Two trained policies with their components swapped' });

const component = z.enum(['prompt', 'sample', 'decision', 'tool', 'pad', 'eos']);

/** The schema of sampled episodes. */
export const sampleSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/sample@1'),
    checkpoint: z.string(),
    prompt: z.string(),
    trajectories: z.array(
      z.strictObject({
        group: z.string(),
        ids: z.array(z.int().min(0)),
        tokens: z.array(z.string()),
        components: z.array(component),
        mask: z.array(z.union([z.literal(0), z.literal(1)])),
        logProbs: z.array(z.number().nullable()).describe('null on the prompt'),
        reward: z.number().optional(),
        correct: z.boolean().optional(),
        decisionProbs: z.array(
          z.strictObject({ position: z.int().min(0), stop: z.number(), resample: z.number() }),
        ),
      }),
    ),
    warnings,
  })
  .meta({ title: 'gradsplit/sample@1', description: 'Episodes of a trained policy at a prompt' });
