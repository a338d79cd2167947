// gradsplit/claims@1: what `gradsplit claims --json` writes.
import { z } from 'zod';
import type { Of } from './parts.ts';

/** The schema. */
export const claimsSchema = z
  .strictObject({
    schema: z.literal('gradsplit/claims@1'),
    claims: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        statement: z.string(),
        assumptions: z.array(z.string()),
      }),
    ),
  })
  .meta({ title: 'gradsplit/claims@1', description: 'The claims that verify checks' });

/** The claims with their statements and assumptions. */
export type ClaimsDocument = Of<typeof claimsSchema>;
