// gradsplit/reproduce@1: what `gradsplit reproduce` finds.
import { z } from 'zod';
import { comparedSplit, evaluationSchema } from './evaluate.ts';
import { measure, warnings } from './parts.ts';

const perSeed = z.array(evaluationSchema).describe('one gradsplit/eval@1 document a seed');
const compared = z
  .strictObject({ splits: z.strictObject({ id: comparedSplit, ood: comparedSplit }) })
  .describe('means over seeds with t intervals; a->b');

/** The schema of an experiment. */
export const reproduceSchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/reproduce@1'),
    preset: z.string(),
    quick: z.boolean(),
    seeds: z.array(z.int()),
    episodes: z.int().min(1),
    trajectories: z.strictObject({ sft: z.int(), rl: z.int() }),
    models: z.strictObject({
      base: perSeed,
      sft: perSeed,
      rl: perSeed,
      rlSample: perSeed,
      rlDecision: perSeed,
    }),
    compare: z.strictObject({ 'sft->rl': compared, 'base->rl': compared, 'base->sft': compared }),
    rule: z.string(),
    claims: z.array(
      z.strictObject({
        id: z.string(),
        statement: z.string(),
        quantity: z.string().describe('the statement says that it is above 0'),
        measured: measure.describe('mean over seeds'),
        ci95: z.tuple([measure, measure]).describe('t interval over seeds'),
        bySeed: z.array(measure),
        verdict: z.enum(['supported', 'notSupported', 'undecided']),
      }),
    ),
    warnings,
  })
  .meta({ title: 'gradsplit/reproduce@1', description: 'The empirical claim, measured over seeds' });
