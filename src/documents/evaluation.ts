// gradsplit/eval@1: what `gradsplit eval --json` writes, and the measures that other documents share with it.
import { z } from 'zod';
import { bySplit, measure, type Of, warnings } from './parts.ts';

/** A number with its interval of 95 %; NaN where there was nothing to measure. */
export const estimate = z.strictObject({ mean: measure, ci95: z.tuple([measure, measure]) });

/** A number with its interval of 95 %. */
export type Estimate = Of<typeof estimate>;

const shape = <T extends z.ZodType>(number: T) => ({
  accuracy: number,
  firstAttempt: number,
  laterAttempts: z.array(number).describe('accuracy of attempt k = 2, 3 ... where all before it were wrong'),
  /** Mean π(STOP) after a right attempt. */
  stopGivenCorrect: number,
  /** Mean π(RESAMPLE) after a wrong attempt. */
  resampleGivenWrong: number,
  /** Mean of the two. */
  balancedAccuracy: number,
  /** Probability that a right attempt has the larger π(STOP) than a wrong one, ties count half. */
  auc: number,
  /** Mean number of attempts. */
  attempts: number,
  /** p·a/(p·a + (1 − p)·f) with p of the first attempt, a and f the mean π(STOP) after right and wrong. */
  closedForm: number.describe('accuracy with unlimited attempts'),
});

/** Measures as plain numbers. */
export const measuresSchema = z.strictObject(shape(measure));

/** Measures with their intervals, and of how many episodes. */
export const estimatesSchema = z.strictObject({ episodes: z.int().min(1), ...shape(estimate) });

/** How good attempts and decisions are, by name; NaN where there was nothing to measure. `laterAttempts` is [K − 1]. */
export type EvaluationMeasures = Of<typeof measuresSchema>;

/** Measures with intervals, by name. */
export type EstimatedMeasures = Of<typeof estimatesSchema>;

/** The schema of an evaluation. */
export const evaluationSchema = z
  .strictObject({
    schema: z.literal('gradsplit/eval@1'),
    checkpoint: z.string(),
    task: z.string(),
    splits: bySplit(estimatesSchema),
    warnings,
  })
  .meta({ title: 'gradsplit/eval@1', description: 'Measures of a trained policy' });

/** Measures of a policy on both splits. */
export type EvaluationDocument = Of<typeof evaluationSchema>;
