// gradsplit/prove@1: what `gradsplit prove --json` writes.
import { z } from 'zod';
import { objectiveProof } from './objectiveProof.ts';
import { type Of, warnings } from './parts.ts';
import { policySchema } from './policy.ts';

const verdict = z.enum(['proved', 'refuted', 'outside']);

const counterExample = policySchema.describe('a small policy, by its odds, on which it does not hold');

const enclosedNumber = z.strictObject({
  value: z.string().describe('the true number, rounded to as many decimals as are sure, at most 30'),
  float64: z.number().describe('what float64 computes'),
  lo: z.number().describe('the lower end of the interval that has the true number and float64 in it'),
  hi: z.number(),
});

const statement = z.strictObject({
  name: z.string(),
  verdict,
  kind: z.enum(['identity', 'inequality', 'enclosure', 'induction', 'eitherWay']),
  degree: z
    .exactOptional(z.int().min(0))
    .describe('a bound on the total degree of the numerator of left - right, computed over degrees'),
  riskLog2: z.exactOptional(z.int()).describe('log2 of the risk that "proved" is wrong'),
  redrawn: z.exactOptional(z.int().min(0)).describe('points drawn again because a divisor was 0 there'),
  because: z
    .exactOptional(z.string())
    .describe('base and step of an induction; why the terms of an inequality are not negative'),
  width: z.exactOptional(z.number()).describe('largest relative width of [lo, hi] of an enclosure'),
  enclosed: z
    .exactOptional(z.array(enclosedNumber))
    .describe('the numbers of an enclosure, each with an interval that has it and what float64 computes'),
  counterExample: z.exactOptional(counterExample),
  found: z.exactOptional(z.string()).describe('both sides on the counter-example'),
  witnesses: z
    .exactOptional(z.array(z.strictObject({ policy: policySchema, found: z.string() })))
    .describe('small policies that prove a statement of kind eitherWay, with both sides on each'),
  reason: z.exactOptional(z.string()).describe('why it is outside, or under which condition it is proved'),
  seconds: z.number().min(0),
});

const control = z.strictObject({
  name: z.string(),
  statement: z.string().describe('the wrong statement'),
  verdict: z.enum(['proved', 'refuted']).describe('anything but refuted is a failure of the method'),
  counterExample: z.exactOptional(counterExample),
  found: z.exactOptional(z.string()).describe('both sides on the counter-example'),
});

const claim = z.strictObject({
  id: z.string().min(1),
  title: z.string(),
  verdict,
  statements: z.array(statement),
  controls: z.array(control),
  seconds: z.number().min(0),
});

/** The schema. */
export const proveSchema = z
  .strictObject({
    schema: z.literal('gradsplit/prove@1'),
    version: z.exactOptional(z.string()),
    seed: z.exactOptional(z.int()),
    shape: z.strictObject({
      attempts: z.int().min(1),
      length: z.int().min(1),
      vocabulary: z.int().min(2),
    }),
    groupSizes: z.exactOptional(z.array(z.int().min(1))).describe('objectives: the sizes of the groups'),
    trajectories: z.exactOptional(z.int().min(1)),
    field: z.literal('GF(2^61-1)'),
    points: z.int().min(1),
    verdict: z
      .exactOptional(verdict)
      .describe('refuted if a claim is; otherwise proved if one is, and outside if all are'),
    claims: z.array(claim),
    objectives: z.exactOptional(z.array(objectiveProof)),
    warnings,
  })
  .meta({
    title: 'gradsplit/prove@1',
    description: 'What is proved or refuted for all policies of a shape',
  });

/** What is proved or refuted. */
export type ProveDocument = Of<typeof proveSchema>;

/** One claim with its verdict, statements and controls. */
export type ProvedClaim = Of<typeof claim>;
