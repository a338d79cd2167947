// What the declared objective makes of the trajectories of one step: advantages and weights.
import {
  getObjective,
  type Objective,
  type Options,
  type RawOptions,
  type TokenBatch,
} from '../../objectives/index.ts';
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import type { SimulationSetting } from './setting.ts';

const PROMPT = ROLES.indexOf('prompt');
const DECISION = ROLES.indexOf('decision');

/** An objective with its options. */
export interface Chosen {
  readonly objective: Objective;
  readonly options: Options;
}

/** The objective of that name with its options complete. */
export function choose(name: string, raw: RawOptions): Chosen {
  const objective = getObjective(name);
  return { objective, options: objective.parseOptions(raw) };
}

/** [T] the attempt of each token: it goes up after a decision that is followed by more than an end. */
function attemptsOf({ roles, length }: Trajectory): Int32Array {
  const out = new Int32Array(length);
  let attempt = 0;
  for (let t = 0; t < length; t++) {
    out[t] = attempt;
    const next = roles[t + 1];
    if (roles[t] === DECISION && next !== undefined && (ROLES[next] === 'sample' || next === DECISION))
      attempt++;
  }
  return out;
}

/** The trajectories of one step as an objective sees them. */
export function batchOf(trajectories: readonly Trajectory[]): TokenBatch {
  const offsets = [0];
  for (const { length } of trajectories) offsets.push(offsets.at(-1)! + length);
  const tokens = offsets.at(-1)!;
  const joined = (of: (t: Trajectory) => ArrayLike<number> | undefined): Float64Array => {
    const out = new Float64Array(tokens);
    for (const [i, t] of trajectories.entries()) {
      const values = of(t);
      if (values !== undefined)
        out.set(
          Float64Array.from(values, (x) => (Number.isFinite(x) ? x : 0)),
          offsets[i],
        );
    }
    return out;
  };
  const names = Object.keys(trajectories[0]?.rewards ?? {});
  const byFunction = (name: string): Float64Array =>
    Float64Array.from(trajectories, (t) => t.rewards?.[name] ?? Number.NaN);
  const groups = new Map<string, number>();
  const group = trajectories.map(({ group: name = '' }) => {
    if (!groups.has(name)) groups.set(name, groups.size);
    return groups.get(name)!;
  });
  return {
    offsets: Int32Array.from(offsets),
    logProb: joined((t) => t.logProbs),
    oldLogProb: joined((t) => t.oldLogProbs),
    refLogProb: joined((t) => t.refLogProbs),
    mask: Uint8Array.from(joined((t) => t.mask)),
    component: Uint8Array.from(
      joined((t) => Uint8Array.from(t.roles, (role) => (role === DECISION ? 1 : 0))),
    ),
    attempt: Int32Array.from(joined(attemptsOf)),
    reward: Float64Array.from(trajectories, (t) => t.reward ?? Number.NaN),
    group: Int32Array.from(group),
    value: joined((t) => t.values),
    samplerLogProb: joined((t) => t.samplerLogProbs ?? t.oldLogProbs),
    ...(names.length === 0 ? {} : { rewards: names.map(byFunction) }),
  };
}

/** The slices of an array over the tokens of a batch. */
function cut(whole: Float64Array, { offsets }: TokenBatch): Float64Array[] {
  return Array.from({ length: offsets.length - 1 }, (_, i) => whole.slice(offsets[i]!, offsets[i + 1]!));
}

/**
 * [B] A_i of each trajectory, or [B][T] where a critic gives one a token: the weights of the objective with ratios of 1, sums of
 * tokens and no penalty in the loss, times B. Undefined for an objective that has none.
 */
export function advantagesOf(
  { objective, options }: Chosen,
  batch: TokenBatch,
): (number | Float64Array)[] | undefined {
  if (objective.imitates) return undefined;
  const bare = {
    ...options,
    aggregation: 'sequenceSum',
    update: 'both',
    ...(options.klPlacement === 'loss' ? { beta: 0 } : {}),
  };
  const count = batch.offsets.length - 1;
  const scaled = objective
    .weights(
      { ...batch, oldLogProb: batch.logProb, samplerLogProb: batch.logProb },
      objective.parseOptions(bare),
    )
    .map((w) => w * count);
  const masks = cut(Float64Array.from(batch.mask), batch);
  return cut(scaled, batch).map((a, i) => {
    const first = masks[i]!.indexOf(1);
    if (options.critic === 'value') return a;
    return first < 0 ? 0 : a[first]!;
  });
}

/** [B][T] w_t of the objective. */
export function weightsOf({ objective, options }: Chosen, batch: TokenBatch): Float64Array[] {
  return cut(objective.weights(batch, options), batch);
}

/**
 * Trajectories of one step with the advantages and weights that the objective gives them. Called again
 * after rewards, masks or lengths were altered, what is logged follows from them.
 */
export function withScales(
  setting: Pick<SimulationSetting, 'objective' | 'options'>,
  trajectories: readonly Trajectory[],
): Trajectory[] {
  const chosen = choose(setting.objective, setting.options);
  const batch = batchOf(trajectories);
  const advantages = advantagesOf(chosen, batch);
  const weights = weightsOf(chosen, batch);
  return trajectories.map((t, i) => ({
    ...t,
    ...(advantages === undefined ? {} : { advantage: advantages[i]! }),
    weights: weights[i]!,
  }));
}

/** How many tokens of the trajectory are of the prompt. */
export function promptTokens({ roles }: Trajectory): number {
  let n = 0;
  while (roles[n] === PROMPT) n++;
  return n;
}
