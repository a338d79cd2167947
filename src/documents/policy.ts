// gradsplit/policy@1, as a schema for other tools; gradsplit itself reads with policy/format.ts, which says more.
import { z } from 'zod';
import { byTrajectory, fractionText, type Of, rows } from './parts.ts';

const ODDS = /^0*[1-9]\d*(\/0*[1-9]\d*)?$/;

const logits = z.strictObject({
  sample: rows(z.number()).describe(
    'V logits for every sample history, the first attempt before any token being ""',
  ),
  decision: rows(z.number(), 2).describe(
    'logits of STOP and RESAMPLE for every decision history; {} if attempts is 1',
  ),
});

const positive = z.union([z.int().min(1), z.string().regex(ODDS)]);
const odds = z
  .strictObject({ sample: rows(positive), decision: rows(positive, 2) })
  .describe('e^logit of every logit, up to a factor for each history: integers, or fractions such as "3/7"');

const amount = z.union([z.number(), fractionText]);

const targetReward = z
  .strictObject({
    target: z.array(z.int().min(0)).min(1).describe('the L tokens of the right answer'),
    attemptCost: amount,
  })
  .describe('1 if the last attempt equals target, else 0, minus attemptCost times (attempts - 1)');

const tableReward = z.strictObject({
  table: byTrajectory(amount).describe('the reward of every trajectory, attempts joined by "/"'),
});

const name = z.string().min(1);
const put = {
  component: z
    .exactOptional(z.enum(['sample', 'decision']))
    .describe('whose history the policy is, in one step of an induction'),
  symbols: z
    .exactOptional(z.record(z.string(), z.array(amount)))
    .describe('further numbers that the statement reads, such as a direction'),
};
const statement = z
  .union([
    z.strictObject({ claim: name, name: name.describe('the name of the statement'), ...put }),
    z.strictObject({ text: name.describe('a statement as refute reads it'), ...put }),
  ])
  .describe('what the policy is a counter-example to; only verify reads it');

const shared = {
  format: z.literal('gradsplit/policy@1'),
  attempts: z.int().min(1).describe('K, attempts at most'),
  length: z.int().min(1).describe('L, tokens per attempt'),
  vocabulary: z.int().min(2).describe('V, tokens are 0 to V - 1'),
  reward: z.union([targetReward, tableReward]),
  statement: z.exactOptional(statement),
};
const byName = [z.strictObject({ logits }), z.strictObject({ odds })] as const;

/** The schema. */
export const policySchema = z
  .union([
    z.strictObject({ ...shared, logits, reference: z.union([logits, ...byName]) }),
    z.strictObject({ ...shared, odds, reference: z.union([odds, ...byName]) }),
  ])
  .meta({ title: 'gradsplit/policy@1', description: 'A tabular policy, by its logits or by its odds' });

/** The file of a tabular policy. */
export type PolicyDocument = Of<typeof policySchema>;
