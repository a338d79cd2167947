// gradsplit/verify@1: what `gradsplit verify --json` writes.
import { z } from 'zod';
import { measure, warnings } from './parts.ts';

const check = z.strictObject({
  name: z.string(),
  measured: measure,
  expected: measure,
  error: measure,
  tolerance: measure,
  bound: z.string().describe('where the tolerance comes from'),
  holds: z.boolean().describe('error <= tolerance'),
});

const control = z.strictObject({
  name: z.string(),
  statement: z.string().describe('the wrong statement'),
  error: measure,
  tolerance: measure,
  rejected: z.boolean().describe('error > tolerance'),
  on: z.enum(['policy', 'companion']),
});

const claim = z.strictObject({
  id: z.string().regex(/^C\d+b?$/),
  title: z.string(),
  statement: z.string(),
  assumptions: z.array(z.string()),
  verdict: z.enum(['holds', 'fails', 'notApplicable']),
  reason: z.string().optional().describe('why the claim is not applicable'),
  checks: z.array(check),
  controls: z.array(control),
  seconds: z.number().min(0),
});

/** The schema. */
export const verifySchema: z.ZodType = z
  .strictObject({
    schema: z.literal('gradsplit/verify@1'),
    version: z.string(),
    seed: z.int(),
    kernels: z.strictObject({ backend: z.string(), build: z.string() }),
    policy: z.looseObject({}).describe('a summary'),
    verdict: z.enum(['holds', 'fails']),
    claims: z.array(claim),
    warnings,
  })
  .meta({ title: 'gradsplit/verify@1', description: 'Verdicts on claims, with checks and controls' });
