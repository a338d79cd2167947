// gradsplit/reproduce@1: what `gradsplit reproduce` finds; and what it keeps of each seed on the way there.
import { z } from 'zod';
import { comparedSplit, swappedSplit } from './comparison.ts';
import { evaluationSchema } from './evaluation.ts';
import { bySplit, measure, type Of, warnings } from './parts.ts';
import { sha256Schema } from './run.ts';

/** The models of a seed: where all begin, and what becomes of it by four ways of going on. */
const byModel = <T extends z.ZodType>(schema: T) =>
  z.strictObject({ base: schema, sft: schema, rl: schema, rlSample: schema, rlDecision: schema });

/** The pairs of which components are swapped; a->b. */
const byPair = <T extends z.ZodType>(schema: T) =>
  z.strictObject({ 'sft->rl': schema, 'base->rl': schema, 'base->sft': schema });

const perSeed = z.array(evaluationSchema).describe('one gradsplit/eval@1 document a seed');

const compared = z
  .strictObject({ splits: bySplit(comparedSplit) })
  .describe('means over seeds with t intervals; a->b');

const statement = z.strictObject({
  id: z.string(),
  statement: z.string(),
  quantity: z.string().describe('the statement says that it is above 0'),
  measured: measure.describe('mean over seeds'),
  ci95: z.tuple([measure, measure]).describe('t interval over seeds'),
  bySeed: z.array(measure),
  verdict: z.enum(['supported', 'notSupported', 'undecided']),
  seedsToDecide: z
    .exactOptional(z.int().min(2))
    .describe(
      'if undecided: seeds that would decide with a probability of 80 %, by the mean and spread seen',
    ),
});

/** The schema of an experiment. */
export const reproduceSchema = z
  .strictObject({
    schema: z.literal('gradsplit/reproduce@1'),
    preset: z.string(),
    quick: z.boolean(),
    seeds: z.array(z.int()),
    /** A split, a model and a seed. */
    episodes: z.int().min(1),
    /** That SFT and each RL learned from after the base. */
    trajectories: z.strictObject({ sft: z.int(), rl: z.int() }),
    models: byModel(perSeed),
    compare: byPair(compared),
    /** When a statement is supported. */
    rule: z.string(),
    claims: z.array(statement),
    warnings,
  })
  .meta({ title: 'gradsplit/reproduce@1', description: 'The empirical claim, measured over seeds' });

const episode = z.strictObject({
  attempts: z.array(z.string()),
  right: z.array(z.boolean()),
  /** π(STOP) after each attempt that was decided on. */
  stop: z.array(measure),
});

const example = z.strictObject({
  prompt: z.string(),
  answers: z.strictObject({ base: episode, sft: episode, rl: episode }),
});

/** What is measured on the models of one seed: evaluation.json in the folder of the seed. */
export const seedEvaluationSchema = z.strictObject({
  seed: z.int(),
  models: byModel(evaluationSchema),
  compare: byPair(bySplit(swappedSplit)),
  /** Out of distribution. */
  examples: z.array(example),
  settings: z.exactOptional(sha256Schema).describe('sha256 in the settings.json of the experiment'),
  sha256: z.exactOptional(sha256Schema).describe('of all else in this file'),
  warnings,
});

/** What an experiment found. */
export type ReproduceDocument = Of<typeof reproduceSchema>;

/** The name of a model. */
export type ModelName = keyof ReproduceDocument['models'];

/** The name of a pair of models. */
export type PairName = keyof ReproduceDocument['compare'];

/** A pair over all seeds. */
export type ComparedPair = Of<typeof compared>;

/** A statement of the claim, measured. */
export type MeasuredStatement = Of<typeof statement>;

/** What a statement came to. */
export type Verdict = MeasuredStatement['verdict'];

/** What is measured on the models of one seed. */
export type SeedEvaluation = Of<typeof seedEvaluationSchema>;

/** The same prompt answered by several models. */
export type Example = Of<typeof example>;

/** An episode for people. */
export type ExampleEpisode = Of<typeof episode>;
