// gradsplit/verify@1: what `gradsplit verify --json` writes.
import { z } from 'zod';
import { measure, type Of, warnings } from './parts.ts';

const check = z.strictObject({
  name: z.string(),
  measured: measure,
  expected: measure,
  /** One-sided: max(0, excess). */
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
  /** The policy, or a companion where the policy could satisfy the wrong statement by accident. */
  on: z.enum(['policy', 'companion']),
});

const claim = z.strictObject({
  id: z.string().min(1),
  title: z.string(),
  statement: z.string(),
  assumptions: z.array(z.string()),
  verdict: z.enum(['holds', 'fails', 'notApplicable']),
  reason: z.exactOptional(z.string()).describe('why the claim is not applicable'),
  checks: z.array(check),
  controls: z.array(control),
  seconds: z.number().min(0),
});

const gap = z.strictObject({
  claim: z.exactOptional(z.string().min(1)).describe('the claim of the statement, if it is one of a claim'),
  statement: z.string().min(1).describe('the name of the statement, or its text'),
  mistake: z.exactOptional(z.string()).describe('the wrong statement in words'),
  symbols: z
    .enum(['none', 'file', 'drawn'])
    .describe('where further numbers that it reads come from: there are none, the policy file, the seed'),
  entry: z.exactOptional(z.int().min(0)).describe('the entry of both sides where they differ most'),
  left: z.exactOptional(measure),
  right: z.exactOptional(measure),
  gap: z
    .exactOptional(measure)
    .describe('|left - right|; of left <= right what left is above right by, or 0'),
  exact: z
    .exactOptional(z.strictObject({ left: z.string(), right: z.string(), gap: z.string() }))
    .describe('with --exact: the same as fractions, or as intervals where it reads logarithms'),
  reason: z.exactOptional(z.string()).describe('why it says nothing about the policy'),
});

/** The schema. */
export const verifySchema = z
  .strictObject({
    schema: z.literal('gradsplit/verify@1'),
    version: z.string(),
    seed: z.int(),
    kernels: z.strictObject({ backend: z.string(), build: z.string() }),
    policy: z.looseObject({}).describe('a summary'),
    verdict: z.enum(['holds', 'fails']),
    claims: z.array(claim),
    gaps: z
      .exactOptional(z.array(gap))
      .describe(
        'on a counter-example: both sides of what it refutes, and of the wrong statements of the claims',
      ),
    warnings,
  })
  .meta({ title: 'gradsplit/verify@1', description: 'Verdicts on claims, with checks and controls' });

/** Verdicts on claims. */
export type VerifyDocument = Of<typeof verifySchema>;

/** One measured number against what a claim says. */
export type Check = Of<typeof check>;

/** A wrong statement put to the code path that accepts the claim, which must reject it. */
export type Control = Of<typeof control>;
