// The weights w_t of every objective as they are published, in plain loops over the tokens of a batch: w_t = c_i·(A_t·ρ_t − β·a_t·k′_t).
// Nothing here is taken from src/objectives, not even a default.
import type { RawOptions } from '../../base/options.ts';
import type { TokenBatch } from '../../objectives/batch.ts';
import type { ObjectiveName } from '../../objectives/registry.ts';

/** Defaults of all objectives but sft; `PUBLISHED` has what is particular to one. */
const COMMON = {
  beta: 0,
  klWeight: 'token',
  klPlacement: 'loss',
  klEstimator: 'k3',
  aggregation: 'sequenceMean',
  maxLength: 1,
  update: 'both',
  attemptCost: 0,
  baseline: 0,
  critic: 'none',
  gaeLambda: 1,
  normalizeByStd: true,
  stdEpsilon: 1e-4,
  ddof: 1,
  clipLow: 0.2,
  clipHigh: 0.2,
  dualClip: 0,
  segmentWeight: 'token',
  wrongAttempts: 'inLoss',
};

type PublishedOptions = typeof COMMON;

const PUBLISHED: Readonly<Record<ObjectiveName, Partial<PublishedOptions>>> = {
  sft: { aggregation: 'tokenMean' },
  reinforce: { aggregation: 'sequenceSum', klEstimator: 'k1', klPlacement: 'reward' },
  rloo: { aggregation: 'sequenceSum', klEstimator: 'k1', klPlacement: 'reward' },
  grpo: {},
  drGrpo: { aggregation: 'constant', normalizeByStd: false },
  dapo: { aggregation: 'tokenMean', clipHigh: 0.28 },
  gspo: { clipLow: 3e-4, clipHigh: 4e-4 },
  ppo: { aggregation: 'tokenMean', klEstimator: 'k1', klPlacement: 'reward' },
  cispo: { aggregation: 'tokenMean', clipHigh: 4 },
  luspo: { aggregation: 'sequenceSum', clipLow: 2e-3, clipHigh: 2.5e-3 },
};

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
const SAMPLE = 0;

/** Indices of the tokens of each trajectory, all of them and those that take part. */
function tokensOf({ offsets, mask }: TokenBatch): { all: number[]; own: number[] }[] {
  return Array.from({ length: offsets.length - 1 }, (_, i) => {
    const all = Array.from({ length: offsets[i + 1]! - offsets[i]! }, (_, t) => offsets[i]! + t);
    return { all, own: all.filter((t) => mask[t] === 1) };
  });
}

/** c_i of a trajectory of L_i tokens, or of as many segments. */
function factor({ aggregation, maxLength }: PublishedOptions, lengths: readonly number[], i: number): number {
  if (lengths[i] === 0) return 0;
  if (aggregation === 'tokenMean') return 1 / sum(lengths);
  if (aggregation === 'sequenceMean') return 1 / (lengths.length * lengths[i]!);
  return 1 / (lengths.length * (aggregation === 'constant' ? maxLength : 1));
}

/** 1/|segment of t| among tokens that take part: an attempt's sample tokens, or its decision. */
function segmentShare({ attempt, component }: TokenBatch, own: readonly number[], t: number): number {
  return 1 / own.filter((s) => attempt[s] === attempt[t] && component[s] === component[t]).length;
}

function estimate(name: string, delta: number): number {
  if (name === 'k1') return delta;
  return name === 'k2' ? delta ** 2 / 2 : Math.expm1(-delta) + delta;
}

function slope(name: string, delta: number): number {
  if (name === 'k1') return 1;
  return name === 'k2' ? delta : -Math.expm1(-delta);
}

function isUpdated(component: number, update: string): boolean {
  return update === 'both' || (update === 'sample') === (component === SAMPLE);
}

/** A of a trajectory from the rewards of its group, itself at place `at`. */
function advantage(
  name: ObjectiveName,
  group: readonly number[],
  at: number,
  options: PublishedOptions,
): number {
  const own = group[at]!;
  if (name === 'reinforce' || name === 'ppo') return own - options.baseline;
  const n = group.length;
  if (name === 'rloo') return own - (sum(group) - own) / (n - 1);
  const centred = own - sum(group) / n;
  if (!options.normalizeByStd) return centred;
  if (group.every((r) => r === group[0])) return 0;
  const squares = sum(group.map((r) => (r - sum(group) / n) ** 2));
  return centred / (Math.sqrt(squares / (n - options.ddof)) + options.stdEpsilon);
}

/** GAE of a token: Σ_{s≥t} λ^{s−t}·(V_{s+1} − V_s), with R after the last one. */
function generalised(
  value: Float64Array,
  own: readonly number[],
  t: number,
  reward: number,
  lambda: number,
): number {
  const rest = own.filter((s) => s >= t);
  const next = (k: number): number => (k + 1 < rest.length ? value[rest[k + 1]!]! : reward);
  return sum(rest.map((s, k) => lambda ** k * (next(k) - value[s]!)));
}

/** The ratio where A·ratio has a gradient in it, 0 where the clip takes it. */
function unclipped(ratio: number, a: number, { clipLow, clipHigh, dualClip }: PublishedOptions): number {
  const isClipped = a > 0 ? ratio > 1 + clipHigh : ratio < 1 - clipLow || (dualClip > 0 && ratio > dualClip);
  return isClipped ? 0 : ratio;
}

/**
 * w_t of every token [T] under an objective with these options.
 * @param raw what differs from the published defaults
 */
export function publishedWeights(name: ObjectiveName, batch: TokenBatch, raw: RawOptions): Float64Array {
  const options: PublishedOptions = { ...COMMON, ...PUBLISHED[name], ...raw };
  return name === 'sft' ? imitation(batch, options) : policyGradient(name, batch, options);
}

function imitation(batch: TokenBatch, options: PublishedOptions): Float64Array {
  const { attempt, component } = batch;
  const w = new Float64Array(batch.logProb.length);
  const kept = tokensOf(batch).map(({ all, own }) => {
    const last = Math.max(...all.map((t) => attempt[t]!));
    const isKept = (t: number): boolean =>
      options.wrongAttempts === 'inLoss' || component[t] !== SAMPLE || attempt[t] === last;
    return own.filter(isKept);
  });
  const share = (own: readonly number[], t: number): number =>
    options.segmentWeight === 'segment' ? segmentShare(batch, own, t) : 1;
  const lengths = kept.map((own) => sum(own.map((t) => share(own, t))));
  for (const [i, own] of kept.entries()) {
    for (const t of own) {
      if (isUpdated(component[t]!, options.update)) w[t] = factor(options, lengths, i) * share(own, t);
    }
  }
  return w;
}

function policyGradient(name: ObjectiveName, batch: TokenBatch, options: PublishedOptions): Float64Array {
  const { logProb, oldLogProb, refLogProb, component, attempt, group } = batch;
  const { beta, klEstimator, klPlacement, klWeight } = options;
  const trajectories = tokensOf(batch);
  const lengths = trajectories.map(({ own }) => own.length);
  const share = (own: readonly number[], t: number): number =>
    klWeight === 'segment' ? segmentShare(batch, own, t) : 1;
  const delta = (t: number): number => logProb[t]! - refLogProb[t]!;
  const logRatio = (t: number): number => logProb[t]! - oldLogProb[t]!;
  const rewards = trajectories.map(({ all, own }, i) => {
    const again = Math.max(...all.map((t) => attempt[t]!));
    const kl = sum(own.map((t) => share(own, t) * estimate(klEstimator, delta(t))));
    return batch.reward[i]! - options.attemptCost * again - (klPlacement === 'reward' ? beta * kl : 0);
  });
  const w = new Float64Array(logProb.length);
  for (const [i, { own }] of trajectories.entries()) {
    const members = trajectories.map((_, j) => j).filter((j) => group[j] === group[i]);
    const inGroup = members.map((j) => rewards[j]!);
    const ofTrajectory = advantage(name, inGroup, members.indexOf(i), options);
    const sequence = Math.exp(sum(own.map(logRatio)) / own.length);
    for (const t of own) {
      if (!isUpdated(component[t]!, options.update)) continue;
      const a =
        options.critic === 'value'
          ? generalised(batch.value!, own, t, rewards[i]!, options.gaeLambda)
          : ofTrajectory;
      const ratio = name === 'gspo' || name === 'luspo' ? sequence : Math.exp(logRatio(t));
      const pull = klPlacement === 'loss' ? beta * share(own, t) * slope(klEstimator, delta(t)) : 0;
      w[t] = factor(options, lengths, i) * (a * rho(name, ratio, a, options) - pull);
    }
  }
  return w;
}

/** What the advantage is multiplied by. */
function rho(name: ObjectiveName, ratio: number, a: number, options: PublishedOptions): number {
  if (name === 'reinforce' || name === 'rloo') return 1;
  return name === 'cispo' ? Math.min(ratio, 1 + options.clipHigh) : unclipped(ratio, a, options);
}
