// The objectives once more, as the papers write them: plain loops over lists, the clip as a minimum, means as means. Shares no
// code with src. What an objective holds constant is computed from batch.logProb, everything else from x.

import type { Options } from '../../src/base/options.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { advantagesOf, mean, type RewardLists, sum } from './oracleAdvantages.ts';

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
function aggregate(values: readonly number[][], { aggregation, maxLength, microBatchSize }: Options): number {
  if (aggregation === 'microBatchMean') {
    const size = microBatchSize as number;
    const parts = range(0, Math.ceil(values.length / size)).map((k) =>
      values.slice(k * size, (k + 1) * size),
    );
    return mean(parts.map((part) => mean(part.flat())));
  }
  if (aggregation === 'tokenMean') return mean(values.flat());
  if (aggregation === 'sequenceMean') return mean(values.map(mean));
  if (aggregation === 'sequenceSum') return mean(values.map(sum));
  return mean(values.map((v) => sum(v) / (maxLength as number)));
}

const K: Record<string, (delta: number) => number> = {
  k1: (d) => d,
  k2: (d) => (d * d) / 2,
  k3: (d) => Math.exp(-d) - 1 + d,
  k3Corrected: (d) => Math.exp(-d) - 1 + d,
};

/** What is left of the rewards, by trajectory and by reward function. */
export function rewardsOf(batch: TokenBatch, options: Options): RewardLists {
  const { beta, klPlacement, klEstimator, klWeight, attemptCost } = options as Record<
    string,
    number | string
  >;
  const trajectories = tokensOf(batch);
  const taken = trajectories.map((tokens, i) => {
    const perToken = (t: number): number =>
      K[klEstimator as string]!(batch.logProb[t]! - batch.refLogProb[t]!);
    const perSegment = segmentsOf(batch, tokens).map((segment) => mean(segment.map(perToken)));
    const kl = sum(klWeight === 'segment' ? perSegment : tokens.map(perToken));
    const attempts = Math.max(
      0,
      ...range(batch.offsets[i]!, batch.offsets[i + 1]!).map((t) => batch.attempt[t]!),
    );
    return (attemptCost as number) * attempts + (klPlacement === 'reward' ? (beta as number) * kl : 0);
  });
  const rewards = taken.map((x, i) => batch.reward[i]! - x);
  const isShaped = attemptCost !== 0 || (klPlacement === 'reward' && beta !== 0);
  const given = batch.rewards?.map((one) => [...one]);
  const functions = given === undefined ? [rewards] : isShaped ? [...given, taken.map((x) => -x)] : given;
  return { rewards, functions, lengths: trajectories.map((tokens) => tokens.length), group: batch.group };
}

/** A_t by token. */
function advantageOf(name: string, batch: TokenBatch, options: Options) {
  const lists = rewardsOf(batch, options);
  const scalar = options.critic === 'value' ? [] : advantagesOf(name, lists, options);
  return (i: number, t: number, tokens: readonly number[]): number => {
    if (options.critic !== 'value') return scalar[i]!;
    const rest = tokens.filter((s) => s >= t);
    const next = (k: number): number =>
      k + 1 < rest.length ? batch.value![rest[k + 1]!]! : lists.rewards[i]!;
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

/** A number that is only defined for some objectives. */
const at = (options: Options, name: string): number => options[name] as number;

/** What the surrogate of a token is multiplied by, from log-probs that are held: a mask or an importance weight. */
function heldFactor(
  name: string,
  batch: TokenBatch,
  options: Options,
  t: number,
  tokens: readonly number[],
  a: number,
) {
  const sampler = batch.samplerLogProb!;
  if (name === 'dppo') {
    const moved = Math.exp(batch.logProb[t]!) - Math.exp(sampler[t]!);
    const isOut = a > 0 ? moved > at(options, 'differenceHigh') : -moved > at(options, 'differenceLow');
    return isOut ? 0 : at(options, 'advantageScale');
  }
  if (name === 'opsm') {
    const far = mean(tokens.map((s) => sampler[s]! - batch.logProb[s]!));
    return a < 0 && far > at(options, 'offPolicyThreshold') ? 0 : 1;
  }
  if (name !== 'tis' && name !== 'icepop') return 1;
  const whose = options.samplerLevel === 'token' ? [t] : tokens;
  const weight = Math.exp(sum(whose.map((s) => batch.oldLogProb[s]! - sampler[s]!)));
  const [low, high] = [at(options, 'samplerLow'), at(options, 'samplerHigh')];
  if (name === 'icepop') return weight < low || weight > high ? 0 : weight;
  return Math.min(Math.max(weight, low), high);
}

/** The loss of an objective at log-probabilities x [T]. */
export function oracleLoss(name: string, given: Float64Array, whole: TokenBatch, options: Options): number {
  const sampler = whole.samplerLogProb!;
  const batch = name === 'dppo' ? { ...whole, oldLogProb: sampler, refLogProb: sampler } : whole;
  const updated = { both: [0, 1], sample: [0], decision: [1] }[options.update as string]!;
  const x = given.map((lp, t) => (updated.includes(batch.component[t]!) ? lp : batch.logProb[t]!));
  if (name === 'sft') return sftLoss(x, batch, options);
  const { klPlacement, klEstimator, klWeight } = options;
  const advantage = advantageOf(name, batch, options);
  const values = tokensOf(batch).map((tokens, i) => {
    const logRatios = tokens.map((t) => x[t]! - batch.oldLogProb[t]!);
    const s = Math.exp(options.sequenceRatio === 'product' ? sum(logRatios) : mean(logRatios));
    return tokens.map((t) => {
      const a = advantage(i, t, tokens);
      const r = Math.exp(x[t]! - batch.oldLogProb[t]!);
      const constantRatio = Math.exp(batch.logProb[t]! - batch.oldLogProb[t]!);
      const own = segmentsOf(batch, tokens).find((segment) => segment.includes(t))!;
      const share = klWeight === 'segment' ? 1 / own.length : 1;
      const rho = klEstimator === 'k3Corrected' ? Math.exp(x[t]! - batch.logProb[t]!) : 1;
      const k = rho * K[klEstimator as string]!(x[t]! - batch.refLogProb[t]!);
      const penalty = klPlacement === 'loss' ? at(options, 'beta') * share * k : 0;
      const factor = heldFactor(name, batch, options, t, tokens, a);
      if (name === 'reinforce' || name === 'rloo') return a * x[t]! - penalty;
      if (name === 'cispo') {
        const capped = Math.min(constantRatio, 1 + at(options, 'clipHigh'));
        return Math.max(capped, 1 - at(options, 'clipLow')) * a * x[t]! - penalty;
      }
      if (name === 'dppo') return factor * a * r - penalty;
      if (name === 'sapo') {
        const tau = at(options, a > 0 ? 'gatePositive' : 'gateNegative');
        return (a * 4) / tau / (1 + Math.exp(-tau * (r - 1))) - penalty;
      }
      return factor * clipped(name === 'gspo' || name === 'luspo' ? s : r, a, options) - penalty;
    });
  });
  return -aggregate(values, options);
}
