// gradsplit/exact@1: what `gradsplit exact --json` writes.
import { z } from 'zod';
import { byComponent, gradient, measure, warnings } from './parts.ts';

const estimator = z.strictObject({ value: measure, lossGradient: gradient });

/** The schema. */
export const exactSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/exact@1'),
    trajectories: z.int().min(1),
    expectedAttempts: measure,
    reward: z.strictObject({
      mean: measure,
      variance: measure,
      varianceSample: measure,
      varianceDecision: measure,
      gradient,
      gradientNorm: byComponent,
    }),
    kl: z
      .strictObject({
        value: measure,
        sample: measure,
        decision: measure,
        gradient,
        gradientNorm: byComponent,
      })
      .describe('KL(policy || reference) and its two chain-rule terms'),
    forwardKl: z.strictObject({ value: measure, gradient }).describe('KL(reference || policy)'),
    estimators: z
      .strictObject({ k1: estimator, k2: estimator, k3: estimator })
      .describe('sequence level: expected value, expected gradient as a loss with samples held fixed'),
    regularised: z.strictObject({
      beta: z.number().positive(),
      optimum: measure.describe('max over all policies of E[R] - beta KL'),
    }),
    objective: z
      .strictObject({
        name: z.string(),
        options: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
        gradient,
        gradientNorm: byComponent,
        cosine: byComponent.describe('with the gradient of the mean reward; null where a gradient is zero'),
        scale: measure,
        balanced: z.boolean(),
      })
      .optional(),
    warnings,
  })
  .meta({ title: 'gradsplit/exact@1', description: 'Exact values and gradients of a tabular policy' });
