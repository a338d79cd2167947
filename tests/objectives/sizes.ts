// The sizes that rounding bounds are made from: of the terms of a loss, and of what rounding does to an advantage.
import type { Options } from '../../src/base/options.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { getObjective } from '../../src/objectives/index.ts';
import { EPSILON } from './batches.ts';
import { rewardsOf } from './oracle.ts';
import { beforeWhitening, deviation, whitenedOver } from './oracleAdvantages.ts';

interface Sizes {
  /** A bound on |A|·r·max(1, |log π|) + β·(k and its derivatives) of any token: on every term of a loss and its slopes. */
  readonly term: number;
  /** A bound on what rounding does to an advantage. */
  readonly advantageError: number;
}

/** The largest of max(1, |log π|) times anything that an advantage is multiplied by. */
function largestFactor(name: string, batch: TokenBatch, options: Options): number {
  const { logProb, oldLogProb, samplerLogProb, offsets, mask } = batch;
  const old = name === 'dppo' ? samplerLogProb! : oldLogProb;
  const scale =
    (options.advantageScale as number | undefined) ??
    ((options.samplerHigh as number | undefined) ?? 1) *
      (name === 'sapo' ? 4 / Math.min(options.gatePositive as number, options.gateNegative as number) : 1);
  let log = 0;
  logProb.forEach((lp, t) => {
    log = Math.max(log, lp - old[t]!);
  });
  if (options.sequenceRatio === 'product') {
    for (let i = 0; i + 1 < offsets.length; i++) {
      let sum = 0;
      for (let t = offsets[i]!; t < offsets[i + 1]!; t++) sum += mask[t]! * (logProb[t]! - old[t]!);
      log = Math.max(log, sum + Math.log(1 + offsets[i + 1]! - offsets[i]!));
    }
  }
  const largest = Math.max(1, ...logProb.map(Math.abs));
  return largest * Math.max(1, scale) * Math.exp(log);
}

/** The spread of rewards on the grid, or of shaped ones that `isWellSpread` lets through. */
const LEAST_SPREAD = 1 / 64;
/** The smallest mean of up to six multiples of 1/64 that is not 0, rounded down. */
const LEAST_MEAN = 1 / 400;
/** The smallest standard deviation that is whitened in a comparison. */
const LEAST_WHITENED = 1e-3;

/** By how much more than a reward an advantage may be off. */
function amplification(name: string, batch: TokenBatch, options: Options, largest: number): number {
  const trajectories = batch.reward.length;
  const before = Math.max(0, ...beforeWhitening(name, rewardsOf(batch, options), options).map(Math.abs));
  const overMean = name === 'maxrl' || options.divideByMean === true;
  const divided = options.normalizeByStd === true && !overMean;
  // A std of n numbers with this range is at least range/√(2n); each reward function has its own.
  const inGroup =
    (divided ? (4 * Math.sqrt(2 * trajectories)) / LEAST_SPREAD : overMean ? 2 / LEAST_MEAN : 1) *
    (1 + before);
  return 'whitenOver' in options ? (inGroup * 4 * (1 + largest)) / LEAST_WHITENED : inGroup;
}

/** Sizes that the tolerances are made from. */
export function sizesOf(name: string, batch: TokenBatch, options: Options): Sizes {
  const beta = (options.beta as number | undefined) ?? 0;
  const reference = name === 'dppo' ? batch.samplerLogProb! : batch.refLogProb;
  const tokens = batch.logProb.length;
  let penalty = 0;
  let total = 0;
  batch.logProb.forEach((lp, t) => {
    const delta = Math.abs(lp - reference[t]!);
    const size = 1 + delta + delta * delta + Math.exp(delta);
    penalty = Math.max(penalty, size);
    total += size;
  });
  if (name === 'sft') return { term: Math.max(1, ...batch.logProb.map(Math.abs)), advantageError: 0 };
  // |R| ≤ 2, the cost of attempts and the KL inside it; |b|, |V| ≤ 1; GAE adds up T differences.
  const reward = 2 + 5 / 4 + (options.klPlacement === 'reward' ? beta * total : 0);
  const raw = (2 * reward + 1) * (options.critic === 'value' ? tokens : 1);
  const rounding = (batch.reward.length + tokens + 8) * EPSILON * raw;
  const { numbers, scales } = getObjective(name).parts!;
  const computed = scales(numbers(batch, options), options).advantage;
  const advantage = options.critic === 'value' ? raw : Math.max(0, ...computed.map(Math.abs));
  const factor = largestFactor(name, batch, options);
  return {
    term: advantage * factor + beta * penalty,
    advantageError: rounding * amplification(name, batch, options, advantage) * factor,
  };
}

/** Are numbers clearly apart, or equal to the bit? Those that differ by rounding alone a division may blow up to any size. */
function areClear(values: readonly number[], isShaped: boolean): boolean {
  const spread = Math.max(...values) - Math.min(...values);
  return spread >= LEAST_SPREAD || values.length <= 1 || (!isShaped && spread === 0);
}

/** Whether no division of the advantages blows up what is only rounding: by a std, by a mean, by the std of the batch. */
export function isWellSpread(name: string, given: TokenBatch, options: Options): boolean {
  if (name === 'sft') return true;
  const sampler = given.samplerLogProb!;
  const batch = name === 'dppo' ? { ...given, refLogProb: sampler } : given;
  const isShaped = options.klPlacement === 'reward' && options.beta !== 0;
  const lists = rewardsOf(batch, options);
  const own = (values: readonly number[], g: number): number[] =>
    values.filter((_, i) => batch.group[i] === g);
  const groups = [...new Set(batch.group)];
  if (name === 'maxrl' || options.divideByMean === true) {
    return groups.every((g) => {
      const values = own(lists.rewards, g);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return Math.abs(mean) >= LEAST_MEAN || (!isShaped && mean === 0);
    });
  }
  const functions = name === 'gdpo' ? lists.functions : [lists.rewards];
  const isClear =
    options.normalizeByStd !== true ||
    functions.every(
      (values) =>
        areClear(values, isShaped) &&
        groups.every((g) => {
          const all = own(values, g);
          const others = all.map((_, k) => all.filter((_, j) => j !== k));
          return (
            areClear(all, isShaped) &&
            (options.stdScope !== 'others' || others.every((some) => areClear(some, isShaped)))
          );
        }),
    );
  if (!isClear || !('whitenOver' in options)) return isClear;
  const over = whitenedOver(beforeWhitening(name, lists, options), lists.lengths, options);
  return over.length <= 1 || deviation(over, 0) >= LEAST_WHITENED;
}
