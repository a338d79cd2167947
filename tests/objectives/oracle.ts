// The objectives once more, as the papers write them: plain loops over lists, the clip as a minimum, means as means. Shares no
// code with src. What an objective holds constant is computed from batch.logProb, everything else from x.

import type { Options } from '../../src/base/options.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';

const mean = (xs: readonly number[]): number => (xs.length === 0 ? 0 : sum(xs) / xs.length);
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

/** Token indices of each trajectory that take part. */
function tokensOf(batch: TokenBatch): number[][] {
  return range(0, batch.reward.length).map((i) =>
    range(batch.offsets[i]!, batch.offsets[i + 1]!).filter((t) => batch.mask[t] === 1),
  );
}

/** Tokens of a trajectory by attempt and component. */
function segmentsOf(batch: TokenBatch, tokens: readonly number[]): number[][] {
  const name = (t: number): string => `${batch.attempt[t]} ${batch.component[t]}`;
  return [...new Set(tokens.map(name))].map((one) => tokens.filter((t) => name(t) === one));
}

/** One number from the values of each trajectory's units. */
function aggregate(values: readonly number[][], { aggregation, maxLength }: Options): number {
  if (aggregation === 'tokenMean') return mean(values.flat());
  if (aggregation === 'sequenceMean') return mean(values.map(mean));
  if (aggregation === 'sequenceSum') return mean(values.map(sum));
  return mean(values.map((v) => sum(v) / (maxLength as number)));
}

const K: Record<string, (delta: number) => number> = {
  k1: (d) => d,
  k2: (d) => (d * d) / 2,
  k3: (d) => Math.exp(-d) - 1 + d,
};

/** A_t by token from shaped rewards. */
function advantageOf(name: string, batch: TokenBatch, rewards: readonly number[], options: Options) {
  const members = (i: number): number[] =>
    range(0, rewards.length).filter((j) => batch.group[j] === batch.group[i]);
  const scalar = rewards.map((r, i) => {
    const group = members(i).map((j) => rewards[j]!);
    if (name === 'reinforce' || name === 'ppo') return r - (options.baseline as number);
    if (name === 'rloo')
      return (
        r -
        mean(
          members(i)
            .filter((j) => j !== i)
            .map((j) => rewards[j]!),
        )
      );
    if (name === 'drGrpo' || options.normalizeByStd === false) return r - mean(group);
    const squares = sum(group.map((x) => (x - mean(group)) ** 2));
    const divisor = group.length - (options.ddof as number);
    const std = divisor === 0 ? 0 : Math.sqrt(squares / divisor);
    // Where all rewards are equal the numerator is only rounding.
    return Math.max(...group) === Math.min(...group)
      ? 0
      : (r - mean(group)) / (std + (options.stdEpsilon as number));
  });
  return (i: number, t: number, tokens: readonly number[]): number => {
    if (options.critic !== 'value') return scalar[i]!;
    const rest = tokens.filter((s) => s >= t);
    const next = (k: number): number => (k + 1 < rest.length ? batch.value![rest[k + 1]!]! : rewards[i]!);
    return sum(rest.map((s, k) => (options.gaeLambda as number) ** k * (next(k) - batch.value![s]!)));
  };
}

/** min(r·A, clip(r)·A), and at least dualClip·A where A < 0. */
function clipped(r: number, a: number, { clipLow, clipHigh, dualClip }: Options): number {
  const inside = Math.min(Math.max(r, 1 - (clipLow as number)), 1 + (clipHigh as number));
  const ppo = Math.min(r * a, inside * a);
  return a < 0 && (dualClip as number) > 0 ? Math.max(ppo, (dualClip as number) * a) : ppo;
}

function sftLoss(x: Float64Array, batch: TokenBatch, options: Options): number {
  const units = tokensOf(batch).map((tokens, i) => {
    const all = range(batch.offsets[i]!, batch.offsets[i + 1]!).map((t) => batch.attempt[t]!);
    const last = Math.max(...all, 0);
    const kept = tokens.filter(
      (t) => options.wrongAttempts === 'inLoss' || batch.component[t] === 1 || batch.attempt[t] === last,
    );
    if (options.segmentWeight === 'token') return kept.map((t) => x[t]!);
    return segmentsOf(batch, kept).map((segment) => mean(segment.map((t) => x[t]!)));
  });
  return -aggregate(units, options);
}

/** The loss of an objective at log-probabilities x [T]. */
export function oracleLoss(name: string, given: Float64Array, batch: TokenBatch, options: Options): number {
  const updated = { both: [0, 1], sample: [0], decision: [1] }[options.update as string]!;
  const x = given.map((lp, t) => (updated.includes(batch.component[t]!) ? lp : batch.logProb[t]!));
  if (name === 'sft') return sftLoss(x, batch, options);
  const { beta, klPlacement, klEstimator, klWeight } = options as {
    beta: number;
    klPlacement: string;
    klEstimator: string;
    klWeight: string;
  };
  const trajectories = tokensOf(batch);
  const rewards = trajectories.map((tokens, i) => {
    const perToken = (t: number): number => K[klEstimator]!(batch.logProb[t]! - batch.refLogProb[t]!);
    const perSegment = segmentsOf(batch, tokens).map((segment) => mean(segment.map(perToken)));
    const kl = sum(klWeight === 'segment' ? perSegment : tokens.map(perToken));
    const attempts =
      1 + Math.max(0, ...range(batch.offsets[i]!, batch.offsets[i + 1]!).map((t) => batch.attempt[t]!));
    const reward = batch.reward[i]! - (options.attemptCost as number) * (attempts - 1);
    return reward - (klPlacement === 'reward' ? beta * kl : 0);
  });
  const advantage = advantageOf(name, batch, rewards, options);
  const values = trajectories.map((tokens, i) => {
    const s = Math.exp(mean(tokens.map((t) => x[t]! - batch.oldLogProb[t]!)));
    return tokens.map((t) => {
      const a = advantage(i, t, tokens);
      const r = Math.exp(x[t]! - batch.oldLogProb[t]!);
      const constantRatio = Math.exp(batch.logProb[t]! - batch.oldLogProb[t]!);
      const own = segmentsOf(batch, tokens).find((segment) => segment.includes(t))!;
      const share = klWeight === 'segment' ? 1 / own.length : 1;
      const penalty =
        klPlacement === 'loss' ? beta * share * K[klEstimator]!(x[t]! - batch.refLogProb[t]!) : 0;
      if (name === 'reinforce' || name === 'rloo') return a * x[t]! - penalty;
      if (name === 'cispo')
        return Math.min(constantRatio, 1 + (options.clipHigh as number)) * a * x[t]! - penalty;
      return clipped(name === 'gspo' || name === 'luspo' ? s : r, a, options) - penalty;
    });
  });
  return -aggregate(values, options);
}
