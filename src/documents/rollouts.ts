// gradsplit/rollouts@1, as a schema of one line for other tools; gradsplit itself reads with rollouts/formats/rollouts.ts, which also
// compares lengths.
import { z } from 'zod';
import { numberOrNull } from './parts.ts';

const numbers = z.array(numberOrNull);

const header = z.strictObject({
  format: z.literal('gradsplit/rollouts@1'),
  objective: z.exactOptional(z.string()),
  options: z.exactOptional(z.record(z.string(), z.unknown())),
  unit: z.exactOptional(z.literal('words')).describe('words between blanks stand in for tokens'),
});

const line = z.strictObject({
  group: z.exactOptional(z.string()).describe('the prompt; lines of one step and one group are compared'),
  step: z.exactOptional(z.int().nonnegative()),
  tokens: z.exactOptional(z.array(z.string())).describe('tokens or ids must be there'),
  ids: z.exactOptional(z.array(z.int().nonnegative())),
  components: z.exactOptional(z.array(z.enum(['prompt', 'sample', 'decision', 'tool', 'pad', 'eos']))),
  mask: z.exactOptional(z.array(z.union([z.literal(0), z.literal(1)]))),
  logProbs: z.exactOptional(numbers),
  oldLogProbs: z.exactOptional(numbers),
  refLogProbs: z.exactOptional(numbers),
  samplerLogProbs: z.exactOptional(numbers),
  reward: z.exactOptional(z.union([numberOrNull, z.record(z.string(), numberOrNull)])),
  correct: z.exactOptional(z.boolean()),
  advantage: z.exactOptional(z.union([numberOrNull, numbers])),
  weights: z.exactOptional(numbers),
  values: z.exactOptional(numbers).describe('of a critic'),
  returns: z.exactOptional(numbers).describe('what the critic is fitted to'),
  tokenRewards: z.exactOptional(numbers),
  versions: z
    .exactOptional(numbers)
    .describe('the version of the policy that drew each token, or the first and the last one'),
  trainedVersion: z.exactOptional(z.int().nonnegative()),
  failure: z.exactOptional(z.string()).describe('what the trainer says of a trajectory that failed'),
  groundTruth: z.exactOptional(z.string()),
  extras: z.exactOptional(z.record(z.string(), numberOrNull)).describe('further numbers, such as metrics'),
  truncated: z.exactOptional(z.boolean()),
  microbatch: z.exactOptional(z.int().nonnegative()),
  rank: z.exactOptional(z.int().nonnegative()),
  rollout: z.exactOptional(z.string()).describe('lines of one step and one rollout are parts of it'),
});

/** The schema of a line: a trajectory, or the header that may be the first line. */
export const rolloutsSchema = z
  .union([line, header])
  .meta({ title: 'gradsplit/rollouts@1', description: 'A line of a file of rollouts' });
