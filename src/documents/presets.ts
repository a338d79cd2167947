// gradsplit/presets@1: what `gradsplit presets --json` writes.
import { z } from 'zod';
import type { Of } from './parts.ts';

/** The schema. */
export const presetsSchema = z
  .strictObject({
    schema: z.literal('gradsplit/presets@1'),
    presets: z.array(
      z.strictObject({
        name: z.string(),
        task: z.string(),
        sentence: z.string(),
        minutes: z.number().describe('about what train takes on one core'),
      }),
    ),
  })
  .meta({ title: 'gradsplit/presets@1', description: 'Configurations of training by name' });

/** The configurations of training that have a name. */
export type PresetsDocument = Of<typeof presetsSchema>;
