// gradsplit/exact@1: what `gradsplit exact --json` writes.
import { z } from 'zod';
import { byComponent, fractionText, measure, norms, numberOrNull, type Of, rows, warnings } from './parts.ts';

/** A gradient with respect to the logits, same keys and shapes as `logits` of the policy. */
const keyedGradient = z.strictObject({ sample: rows(measure), decision: rows(measure, 2) });

/** The same in fractions; integers are numbers. */
const amount = z.union([z.int(), fractionText]);
const keyedFractions = z.strictObject({ sample: rows(amount), decision: rows(amount, 2) });

const fractionsOf = <F extends z.ZodType>(gradient: F) =>
  z
    .strictObject({
      expectedAttempts: amount,
      reward: z.strictObject({
        mean: amount,
        variance: amount,
        varianceSample: amount,
        varianceDecision: amount,
        gradient,
      }),
      forwardKl: z.strictObject({ gradient }),
      float: z.array(z.string()).describe('what has logarithms or roots in it, and is given in float64 only'),
    })
    .describe('with --exact: the numbers that are fractions, as such');

const objectiveOf = <G extends z.ZodType>(gradient: G) =>
  z.strictObject({
    name: z.string(),
    options: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
    gradient,
    gradientNorm: norms,
    cosine: byComponent(numberOrNull).describe(
      'with the gradient of the mean reward; null where a gradient is zero',
    ),
    /** ⟨g, ∇J⟩ / ‖∇J‖²; null where ∇J is zero up to rounding. */
    scale: numberOrNull,
    balanced: z.boolean(),
  });

const estimatorOf = <G extends z.ZodType>(gradient: G) =>
  z.strictObject({ value: measure, lossGradient: gradient });

const documentOf = <G extends z.ZodType, F extends z.ZodType>(gradient: G, fractions: F) => {
  const estimator = estimatorOf(gradient);
  return z.strictObject({
    schema: z.literal('gradsplit/exact@1'),
    trajectories: z.int().min(1),
    expectedAttempts: measure,
    reward: z.strictObject({
      mean: measure,
      variance: measure,
      varianceSample: measure,
      varianceDecision: measure,
      gradient,
      gradientNorm: norms,
    }),
    kl: z
      .strictObject({
        value: measure,
        sample: measure,
        decision: measure,
        gradient,
        gradientNorm: norms,
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
    objective: z.exactOptional(objectiveOf(gradient)),
    fractions: z.exactOptional(fractionsOf(fractions)),
    warnings,
  });
};

/** The schema. */
export const exactSchema = documentOf(keyedGradient, keyedFractions).meta({
  title: 'gradsplit/exact@1',
  description: 'Exact values and gradients of a tabular policy',
});

/** The document with gradients as `G`: keyed by history as written, or plain arrays while they are computed. */
export type ExactOf<G> = Of<ReturnType<typeof documentOf<z.ZodType<G>, z.ZodType<G>>>>;
