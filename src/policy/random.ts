// Draws generic policies. They have no symmetry, so that a wrong statement does not hold for them by accident.
import { type RandomStream, randomStream } from '../base/random.ts';
import { checkEnumerable, decisionRows, type PolicyShape, sampleRows } from './shape.ts';
import type { PolicyLogits, TabularPolicy } from './tabular.ts';

/** The cost of every attempt after the first, in units of reward. */
const ATTEMPT_COST = 0.05;

function randomLogits(shape: PolicyShape, stream: RandomStream): PolicyLogits {
  const normals = (n: number): Float64Array => Float64Array.from({ length: n }, () => stream.normal());
  return {
    sample: normals(sampleRows(shape) * shape.vocabulary),
    decision: normals(decisionRows(shape) * 2),
  };
}

/**
 * Draws the random policy of a shape and a seed: logits and reference are standard normal, the target is uniform, and
 * attemptCost is 0.05.
 * @throws InputError if the shape has more than MAX_TRAJECTORIES trajectories, before anything is allocated
 * @example
 * ```ts
 * import { randomPolicy } from 'gradsplit/policy';
 * const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
 * policy.logits.sample.length; // → 6
 * policy.logits.decision.length; // → 4
 * ```
 */
export function randomPolicy(shape: PolicyShape, seed: number): TabularPolicy {
  checkEnumerable(shape);
  const stream = randomStream(seed, 'policy');
  const tokens = stream.split('target');
  const target = Array.from({ length: shape.length }, () => tokens.integer(shape.vocabulary));
  return {
    shape,
    reward: { kind: 'target', target, attemptCost: ATTEMPT_COST },
    logits: randomLogits(shape, stream.split('logits')),
    reference: randomLogits(shape, stream.split('reference')),
  };
}
