// Anyone's rollouts as an objective sees them: log-probabilities of the checkpoint, and what was logged of other policies.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import type { TokenBatch } from '../../objectives/index.ts';
import type { Trajectory } from '../../rollouts/trajectory.ts';
import { laid, type Responses } from './responses.ts';

/** Log-probs that were logged, [N]; undefined where no trajectory has any. NaN where one has none. */
function logged(
  responses: Responses,
  name: 'logProbs' | 'oldLogProbs' | 'refLogProbs' | 'samplerLogProbs' | 'values',
): Float64Array | undefined {
  const { trajectories } = responses;
  if (trajectories.every((trajectory) => trajectory[name] === undefined)) return undefined;
  const none = new Float64Array(trajectories.reduce((most, { length }) => Math.max(most, length), 0)).fill(
    Number.NaN,
  );
  const total = responses.offsets.at(-1)!;
  return laid(new Float64Array(total), responses, (i) => trajectories[i]![name] ?? none);
}

/** Log-probs that a network gives, [N] each. */
export interface ModelLogProbs {
  /** Of the checkpoint. */
  readonly logProb: Float64Array;
  /** Of a reference checkpoint, where there is one: it goes before what was logged. */
  readonly refLogProb?: Float64Array;
}

/** Where the log-probs of a batch come from; `model` is the checkpoint itself, at which a ratio is 1 and a penalty 0. */
export interface LogProbSources {
  readonly old: 'oldLogProbs' | 'logProbs' | 'model';
  readonly ref: 'reference' | 'refLogProbs' | 'model';
  readonly sampler: 'samplerLogProbs' | 'old';
  /** How many tokens with mask 1 had no number where others had one, and got that of the checkpoint. */
  readonly filled: number;
}

/** A batch of an objective, and where its numbers come from. */
export interface ObjectiveBatch {
  readonly batch: TokenBatch;
  readonly sources: LogProbSources;
}

/** Numbers of groups by step and name, [B]; a trajectory without a group is one of its own. */
function groupsOf(trajectories: readonly Trajectory[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(trajectories, ({ group, step }, i) => {
    const key = group === undefined ? `alone ${i}` : `${step} ${group}`;
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
}

/** [B] @throws InputError naming the first trajectory without a reward, where rewards are needed */
function rewardsOf(trajectories: readonly Trajectory[], isNeeded: boolean): Float64Array {
  return Float64Array.from(trajectories, (trajectory) => {
    const { reward } = trajectory;
    if (reward !== undefined && Number.isFinite(reward)) return reward;
    if (!isNeeded) return 0;
    const { file, line } = trajectory.place;
    const found = reward === undefined ? 'nothing' : Number.isNaN(reward) ? 'null' : reward;
    throw new InputError(
      `${showText(file)}: line ${line}: reward: expected a finite number, which the objective needs, found ${found}`,
    );
  });
}

/** [K][B] by function, in the order in which their names appear; undefined where a trajectory lacks one. */
function functionsOf(trajectories: readonly Trajectory[]): Float64Array[] | undefined {
  const names = new Set(trajectories.flatMap(({ rewards }) => Object.keys(rewards ?? {})));
  const areKnown = trajectories.every(({ rewards }) =>
    [...names].every((name) => Number.isFinite(rewards?.[name])),
  );
  if (names.size === 0 || !areKnown) return undefined;
  return [...names].map((name) => Float64Array.from(trajectories, ({ rewards }) => rewards?.[name] ?? 0));
}

/**
 * The batch that an objective takes. log π is that of the checkpoint; what was logged of other policies is taken where it is there.
 * @param isRewardNeeded whether the objective looks at rewards
 * @throws InputError naming the trajectory that has no reward
 */
export function objectiveBatch(
  responses: Responses,
  { logProb, refLogProb }: ModelLogProbs,
  isRewardNeeded: boolean,
): ObjectiveBatch {
  const { trajectories, offsets, mask, component, attempt } = responses;
  let filled = 0;
  const complete = (values: Float64Array | undefined, otherwise: Float64Array): Float64Array =>
    values === undefined
      ? otherwise
      : values.map((x, t) => {
          if (Number.isFinite(x)) return x;
          if (mask[t] === 1) filled++;
          return otherwise[t]!;
        });
  const old = logged(responses, 'oldLogProbs');
  const drawn = old ?? logged(responses, 'logProbs');
  const reference = refLogProb ?? logged(responses, 'refLogProbs');
  const sampler = logged(responses, 'samplerLogProbs');
  const values = logged(responses, 'values');
  const oldLogProb = complete(drawn, logProb);
  const rewards = functionsOf(trajectories);
  const batch: TokenBatch = {
    offsets,
    logProb,
    oldLogProb,
    refLogProb: complete(reference, logProb),
    ...(sampler === undefined ? {} : { samplerLogProb: complete(sampler, oldLogProb) }),
    mask,
    component,
    attempt,
    reward: rewardsOf(trajectories, isRewardNeeded),
    group: groupsOf(trajectories),
    ...(rewards === undefined ? {} : { rewards }),
    ...(values?.every(Number.isFinite) === true ? { value: values } : {}),
  };
  return {
    batch,
    sources: {
      old: old !== undefined ? 'oldLogProbs' : drawn !== undefined ? 'logProbs' : 'model',
      ref: refLogProb !== undefined ? 'reference' : reference !== undefined ? 'refLogProbs' : 'model',
      sampler: sampler === undefined ? 'old' : 'samplerLogProbs',
      filled,
    },
  };
}

/** How far the logged log-probs of a policy lie from those of the checkpoint, over tokens with mask 1 that have both. */
export interface Agreement {
  /** How many tokens. */
  readonly tokens: number;
  readonly meanDifference: number;
  readonly largestDifference: number;
  /** The index of the token with the largest difference, among all N. */
  readonly at: number;
}

/**
 * Compares `logProbs` of the file, or else `oldLogProbs`, with those of the checkpoint. Where rollouts were drawn by another policy, or
 * were given other tokens, they differ by much more than rounding.
 * @param logProb [N] of the checkpoint
 * @returns undefined where nothing was logged
 */
export function agreement(responses: Responses, logProb: Float64Array): Agreement | undefined {
  const given = logged(responses, 'logProbs') ?? logged(responses, 'oldLogProbs');
  let [tokens, total, largestDifference, at] = [0, 0, 0, -1];
  given?.forEach((x, t) => {
    if (responses.mask[t] !== 1 || !Number.isFinite(x)) return;
    const difference = Math.abs(x - logProb[t]!);
    tokens++;
    total += difference;
    if (at >= 0 && difference <= largestDifference) return;
    largestDifference = difference;
    at = t;
  });
  return tokens === 0 ? undefined : { tokens, meanDifference: total / tokens, largestDifference, at };
}

/** [N] the advantages that the trainer logged, 0 where the mask is 0; undefined unless every token with mask 1 has one. */
export function loggedAdvantages(responses: Responses): Float64Array | undefined {
  const { trajectories, offsets, mask } = responses;
  const byToken = laid(new Float64Array(mask.length), responses, (i) => {
    const { advantage = Number.NaN, length } = trajectories[i]!;
    return typeof advantage === 'number' ? new Float64Array(length).fill(advantage) : advantage;
  });
  const isKnown = byToken.every((a, t) => mask[t] !== 1 || Number.isFinite(a));
  return isKnown && offsets.length > 1 ? byToken.map((a, t) => (mask[t] === 1 ? a : 0)) : undefined;
}
