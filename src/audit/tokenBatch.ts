// A trajectory as the batch of one that objectives take. What the file does not have is filled in, always in the same way.
import type { TokenBatch } from '../objectives/index.ts';
import { COMPONENTS } from '../policy/index.ts';
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';

const DECISION = ROLES.indexOf('decision');
const AS_SAMPLE = COMPONENTS.indexOf('sample');
const AS_DECISION = COMPONENTS.indexOf('decision');

/** The four log-probs of every token, [T] each, finite everywhere. */
interface LogProbs {
  readonly logProb: Float64Array;
  readonly oldLogProb: Float64Array;
  readonly refLogProb: Float64Array;
  readonly samplerLogProb: Float64Array;
}

/**
 * Where the file lacks an array, the policy is taken to be the one that drew the tokens: old and sampler are those of the policy, and so
 * is the reference, at which a penalty and its slope are 0. A token with a log-prob that is no number has ratio 1.
 */
function logProbsOf(given: Trajectory): LogProbs {
  const { length } = given;
  const first = given.logProbs ?? given.oldLogProbs ?? given.samplerLogProbs ?? new Float64Array(length);
  const logProb = first.slice();
  const oldLogProb = (given.oldLogProbs ?? first).slice();
  const refLogProb = (given.refLogProbs ?? first).slice();
  const samplerLogProb = (given.samplerLogProbs ?? oldLogProb).slice();
  for (let t = 0; t < length; t++) {
    const all = logProb[t]! + oldLogProb[t]! + refLogProb[t]! + samplerLogProb[t]!;
    if (Number.isFinite(all)) continue;
    logProb[t] = 0;
    oldLogProb[t] = 0;
    refLogProb[t] = 0;
    samplerLogProb[t] = 0;
  }
  return { logProb, oldLogProb, refLogProb, samplerLogProb };
}

/** Whether all numbers of a list are numbers. */
function areFinite(values: Float64Array): boolean {
  return values.every(Number.isFinite);
}

/**
 * The trajectory as a batch of one.
 * @param group its group, as a number
 * @param reward R; 0 where nobody knows it
 */
export function batchOfOne(
  trajectory: Trajectory,
  attempt: Int32Array,
  group: number,
  reward: number,
  rewards: readonly number[],
): TokenBatch {
  const { length, mask, roles, values } = trajectory;
  return {
    offsets: Int32Array.of(0, length),
    ...logProbsOf(trajectory),
    mask,
    component: roles.map((role) => (role === DECISION ? AS_DECISION : AS_SAMPLE)),
    attempt,
    reward: Float64Array.of(reward),
    group: Int32Array.of(group),
    ...(rewards.length === 0 ? {} : { rewards: rewards.map((r) => Float64Array.of(r)) }),
    ...(values === undefined || !areFinite(values) ? {} : { value: values }),
  };
}
