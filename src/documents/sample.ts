// gradsplit/sample@1: what `gradsplit sample --json` writes.
import { z } from 'zod';
import { numberOrNull, type Of, warnings } from './parts.ts';

const component = z.enum(['prompt', 'sample', 'decision', 'tool', 'pad', 'eos']);

// One line of a gradsplit/rollouts@1 file, with the distribution at each decision.
const trajectory = z.strictObject({
  group: z.string(),
  ids: z.array(z.int().min(0)),
  tokens: z.array(z.string()),
  components: z.array(component),
  mask: z.array(z.union([z.literal(0), z.literal(1)])),
  /** log π of the drawn tokens. */
  logProbs: z.array(numberOrNull).describe('null on the prompt'),
  /** 1 if the attempt handed in is right, else 0; left out where nobody knows. */
  reward: z.exactOptional(z.number()),
  correct: z.exactOptional(z.boolean()),
  decisionProbs: z.array(
    z.strictObject({ position: z.int().min(0), stop: z.number(), resample: z.number() }),
  ),
});

/** The schema. */
export const sampleSchema = z
  .strictObject({
    schema: z.literal('gradsplit/sample@1'),
    checkpoint: z.string(),
    prompt: z.string(),
    trajectories: z.array(trajectory),
    warnings,
  })
  .meta({ title: 'gradsplit/sample@1', description: 'Episodes of a trained policy at a prompt' });

/** Episodes of a trained policy at a prompt. */
export type SampleDocument = Of<typeof sampleSchema>;

/** One of these episodes. */
export type SampledTrajectory = Of<typeof trajectory>;
