// gradsplit/objectives@1: what `gradsplit objectives --json` writes.
import { z } from 'zod';
import type { Of } from './parts.ts';

const options = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]));

/** The schema. */
export const objectivesSchema = z
  .strictObject({
    schema: z.literal('gradsplit/objectives@1'),
    objectives: z.array(
      z.strictObject({
        name: z.string(),
        sentence: z.string(),
        formula: z.string().describe('the loss in TeX'),
        source: z.string(),
        options: options.describe('the defaults'),
      }),
    ),
    trainers: z.array(
      z.strictObject({
        name: z.string().describe('as --objective takes it, such as grpo@verl'),
        trainer: z.string(),
        version: z.string().describe('the commit that was read'),
        objective: z.string().describe('the objective that does the same with these options'),
        options: options.describe('all of them, as the trainer has them'),
        changed: z
          .array(z.string())
          .describe('the options that are other than the defaults of the objective'),
        switch: z.exactOptional(z.string()),
        source: z.string().describe('file and function of the trainer'),
        differs: z.array(z.string()).describe('what no option says'),
      }),
    ),
  })
  .meta({ title: 'gradsplit/objectives@1', description: 'Objectives, and how trainers have them' });

/** Objectives, and how trainers have them. */
export type ObjectivesDocument = Of<typeof objectivesSchema>;
