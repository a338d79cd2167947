// The weights w_t of every objective as they are published, in plain loops over the tokens of a batch: w_t = c_i·(A_t·ρ_t − β·a_t·k′_t).
// Nothing here is taken from src/objectives, not even a default.
import type { RawOptions } from '../../base/options.ts';
import type { TokenBatch } from '../../objectives/batch.ts';
import type { ObjectiveName } from '../../objectives/registry.ts';
import { publishedAdvantages } from './publishedAdvantages.ts';
import { type PublishedOptions, publishedOptions } from './publishedOptions.ts';

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
function factor(options: PublishedOptions, lengths: readonly number[], i: number): number {
  const { aggregation, maxLength, microBatchSize } = options;
  if (lengths[i] === 0) return 0;
  if (aggregation === 'microBatchMean') {
    const first = Math.floor(i / microBatchSize) * microBatchSize;
    const count = Math.ceil(lengths.length / microBatchSize);
    return 1 / (count * sum(lengths.slice(first, first + microBatchSize)));
  }
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
  return name === 'k2' || name === 'k3Corrected' ? delta : -Math.expm1(-delta);
}

function isUpdated(component: number, update: string): boolean {
  return update === 'both' || (update === 'sample') === (component === SAMPLE);
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
  const options = publishedOptions(name, raw);
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

function policyGradient(name: ObjectiveName, given: TokenBatch, options: PublishedOptions): Float64Array {
  const sampler = given.samplerLogProb ?? given.oldLogProb;
  const batch = name === 'dppo' ? { ...given, oldLogProb: sampler, refLogProb: sampler } : given;
  const { logProb, oldLogProb, refLogProb, component, attempt } = batch;
  const { beta, klEstimator, klPlacement, klWeight } = options;
  const trajectories = tokensOf(batch);
  const lengths = trajectories.map(({ own }) => own.length);
  const share = (own: readonly number[], t: number): number =>
    klWeight === 'segment' ? segmentShare(batch, own, t) : 1;
  const delta = (t: number): number => logProb[t]! - refLogProb[t]!;
  const taken = trajectories.map(({ all, own }) => {
    const again = Math.max(...all.map((t) => attempt[t]!));
    const kl = sum(own.map((t) => share(own, t) * estimate(klEstimator, delta(t))));
    return options.attemptCost * again + (klPlacement === 'reward' ? beta * kl : 0);
  });
  const reward = taken.map((x, i) => batch.reward[i]! - x);
  const functions = (batch.rewards ?? []).map((one) => [...one]);
  const isShaped = options.attemptCost !== 0 || (klPlacement === 'reward' && beta !== 0);
  const rewards = isShaped ? [...functions, taken.map((x) => -x)] : functions;
  const advantages = publishedAdvantages(
    name,
    { reward, rewards: functions.length === 0 ? [reward] : rewards, lengths, group: [...batch.group] },
    options,
  );
  const w = new Float64Array(logProb.length);
  for (const [i, { own }] of trajectories.entries()) {
    for (const t of own) {
      if (!isUpdated(component[t]!, options.update)) continue;
      const a =
        options.critic === 'value'
          ? generalised(batch.value!, own, t, reward[i]!, options.gaeLambda)
          : advantages[i]!;
      const token = { t, own, logRatio: logProb[t]! - oldLogProb[t]! };
      const pull = klPlacement === 'loss' ? beta * share(own, t) * slope(klEstimator, delta(t)) : 0;
      w[t] = factor(options, lengths, i) * (a * rho(name, token, a, batch, options) - pull);
    }
  }
  return w;
}

/** A token, the tokens of its trajectory, and its log-ratio. */
interface Token {
  readonly t: number;
  readonly own: readonly number[];
  readonly logRatio: number;
}

/** The ratio of the whole trajectory, times how often each of its tokens counts it. */
function sequence(
  own: readonly number[],
  { logProb, oldLogProb }: TokenBatch,
  { sequenceRatio }: PublishedOptions,
) {
  const log = sum(own.map((t) => logProb[t]! - oldLogProb[t]!));
  return sequenceRatio === 'mean'
    ? { ratio: Math.exp(log / own.length), times: 1 }
    : { ratio: Math.exp(log), times: own.length };
}

/** The weight of tis and icepop against the sampler. */
function correction(
  name: ObjectiveName,
  { t, own }: Token,
  batch: TokenBatch,
  options: PublishedOptions,
): number {
  const { oldLogProb, samplerLogProb = oldLogProb } = batch;
  const tokens = options.samplerLevel === 'sequence' ? own : [t];
  const x = Math.exp(sum(tokens.map((s) => oldLogProb[s]! - samplerLogProb[s]!)));
  const isWithin = x >= options.samplerLow && x <= options.samplerHigh;
  if (name === 'icepop') return isWithin ? x : 0;
  return isWithin ? x : x < options.samplerLow ? options.samplerLow : options.samplerHigh;
}

/** Whether dppo drops the token, or opsm its sequence. */
function isDropped(
  name: ObjectiveName,
  { t, own }: Token,
  a: number,
  batch: TokenBatch,
  options: PublishedOptions,
) {
  const { logProb, oldLogProb, samplerLogProb = oldLogProb } = batch;
  if (name === 'dppo') {
    const moved = Math.exp(logProb[t]!) - Math.exp(samplerLogProb[t]!);
    return a > 0 ? moved > options.differenceHigh : moved < -options.differenceLow;
  }
  const distance = sum(own.map((s) => samplerLogProb[s]! - logProb[s]!)) / own.length;
  return name === 'opsm' && a < 0 && distance > options.offPolicyThreshold;
}

/** What the advantage is multiplied by. */
function rho(
  name: ObjectiveName,
  token: Token,
  a: number,
  batch: TokenBatch,
  options: PublishedOptions,
): number {
  const ratio = Math.exp(token.logRatio);
  const { clipLow, clipHigh } = options;
  if (isDropped(name, token, a, batch, options)) return 0;
  switch (name) {
    case 'reinforce':
    case 'rloo':
      return 1;
    case 'dppo':
      return options.advantageScale * ratio;
    case 'cispo':
      return Math.min(Math.max(ratio, 1 - clipLow), 1 + clipHigh);
    case 'gspo':
    case 'luspo': {
      const { ratio: s, times } = sequence(token.own, batch, options);
      return times * unclipped(s, a, options);
    }
    case 'sapo': {
      const tau = a > 0 ? options.gatePositive : options.gateNegative;
      return ratio / Math.cosh((tau * (ratio - 1)) / 2) ** 2;
    }
    case 'tis':
    case 'icepop':
      return correction(name, token, batch, options) * unclipped(ratio, a, options);
    default:
      return unclipped(ratio, a, options);
  }
}
