// gradsplit/policy@1, as a schema for other tools; gradsplit itself reads with policy/format.ts, which says more.
import { z } from 'zod';
import { byTrajectory, type Of, rows } from './parts.ts';

const logits = z.strictObject({
  sample: rows(z.number()).describe(
    'V logits for every sample history, the first attempt before any token being ""',
  ),
  decision: rows(z.number(), 2).describe(
    'logits of STOP and RESAMPLE for every decision history; {} if attempts is 1',
  ),
});

const targetReward = z
  .strictObject({
    target: z.array(z.int().min(0)).min(1).describe('the L tokens of the right answer'),
    attemptCost: z.number(),
  })
  .describe('1 if the last attempt equals target, else 0, minus attemptCost times (attempts - 1)');

const tableReward = z.strictObject({
  table: byTrajectory(z.number()).describe('the reward of every trajectory, attempts joined by "/"'),
});

/** The schema. */
export const policySchema = z
  .strictObject({
    format: z.literal('gradsplit/policy@1'),
    attempts: z.int().min(1).describe('K, attempts at most'),
    length: z.int().min(1).describe('L, tokens per attempt'),
    vocabulary: z.int().min(2).describe('V, tokens are 0 to V - 1'),
    reward: z.union([targetReward, tableReward]),
    logits,
    reference: logits,
  })
  .meta({ title: 'gradsplit/policy@1', description: 'A tabular policy' });

/** The file of a tabular policy. */
export type PolicyDocument = Of<typeof policySchema>;
