// The part of gradsplit/prove@1 that is about objectives.
import { z } from 'zod';
import { byTrajectory, type Of, rows } from './parts.ts';

const odds = z.strictObject({ sample: rows(z.number()), decision: rows(z.number(), 2) });

const policy = z.strictObject({
  format: z.literal('gradsplit/policy@1'),
  attempts: z.int().min(1),
  length: z.int().min(1),
  vocabulary: z.int().min(2),
  reward: z.strictObject({ table: byTrajectory(z.number()) }),
  odds,
  reference: z.strictObject({ odds }),
});

const verdict = z.strictObject({
  verdict: z.enum(['proved', 'refuted', 'outside']),
  degree: z.exactOptional(z.int().min(0)).describe('the total degree of what vanished at every point'),
  riskLog2: z.exactOptional(z.int()).describe('log2 of the risk that "proved" is wrong'),
  value: z.exactOptional(z.string()).describe('the factor of E g = factor * grad J by size of the group'),
  inG: z
    .exactOptional(z.string())
    .describe('the factor in G, if it is a quotient of polynomials of degree at most 1 in G'),
  counterExample: z
    .exactOptional(policy)
    .describe('a policy with odds on which it is not so; off policy its reference drew the tokens'),
  groupSize: z.exactOptional(z.int().min(1)),
  place: z.exactOptional(z.string()).describe('where the counter-example shows it'),
  found: z.exactOptional(z.string()).describe('what is there, as a fraction or in decimals'),
  expected: z.exactOptional(z.string()).describe('what would have to be there'),
  reason: z.exactOptional(z.string()).describe('why it is outside, or under which condition it is proved'),
});

/** The verdicts on one objective. */
export const objectiveProof = z.strictObject({
  name: z.string(),
  options: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number())])),
  balanced: verdict.describe('on policy, all tokens of a trajectory have one weight'),
  balancedOffPolicy: verdict.describe('the same for all ratios, case by case'),
  unbiased: verdict.describe('on policy, E g = grad J for each component'),
  factor: verdict.describe('on policy, E g is one multiple of grad J for all policies'),
  lengthFree: verdict.describe('padding changes no gradient of first tokens and decisions'),
  baselineFree: verdict.describe('a number added to all rewards changes no gradient'),
});

/** The verdicts on one objective. */
export type ProvedObjective = Of<typeof objectiveProof>;
