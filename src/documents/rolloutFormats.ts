// gradsplit/rolloutFormats@1: what `gradsplit rollouts formats --json` writes.
import { z } from 'zod';
import type { Of } from './parts.ts';

/** The schema. */
export const rolloutFormatsSchema = z
  .strictObject({
    schema: z.literal('gradsplit/rolloutFormats@1'),
    formats: z.array(
      z.strictObject({
        name: z.string().describe('as --format takes it'),
        title: z.string(),
        writtenBy: z.string().describe('the switch of the trainer'),
        lacks: z.array(z.string()).describe('what such a file cannot tell'),
      }),
    ),
  })
  .meta({ title: 'gradsplit/rolloutFormats@1', description: 'Formats that rollouts are read from' });

/** The formats that rollouts are read from. */
export type RolloutFormatsDocument = Of<typeof rolloutFormatsSchema>;
