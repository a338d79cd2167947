// The program that draws: its log-probs differ from the trainer's by noise in the logits, and it may cut off improbable tokens.
import type { RandomStream } from '../../base/random.ts';
import { FIRST_ORDINARY, type Language, logSumExp } from './language.ts';

/** Ratios of probabilities outside these are counted as off. */
const LOW = Math.log(0.9);
const HIGH = Math.log(1.1);

/** The noise of a token's logit is s·(1 + GROWTH·min(−log p, 8)): larger where the probability is low. */
const GROWTH = 0.15;

const noiseScale = (logProb: number): number => 1 + GROWTH * Math.min(-logProb, 8);

/**
 * [V] the sampler's log-probs: those of the trainer with noise in the logits, normalised.
 * @param size the s of the noise
 */
export function samplerLogProbs(
  { noise, vocabulary }: Language,
  trainer: Float64Array,
  size: number,
  random: RandomStream,
): Float64Array {
  if (size === 0) return trainer;
  const row = noise[random.integer(noise.length)]!;
  const turn = random.integer(vocabulary);
  const sign = random.uniform() < 0.5 ? -size : size;
  const noisy = trainer.map((x, v) =>
    x === Number.NEGATIVE_INFINITY ? x : x + sign * row[(v + turn) % vocabulary]! * noiseScale(x),
  );
  const norm = logSumExp(noisy);
  for (let v = 0; v < noisy.length; v++) noisy[v]! -= norm;
  return noisy;
}

/** The share of drawn tokens that are off by more than a tenth under noise of this size, measured on draws in all contexts. */
function shareOff(language: Language, size: number, temperature: number, random: RandomStream): number {
  let off = 0;
  let count = 0;
  for (const row of language.base) {
    const tempered = row.map((x) => x / temperature);
    const norm = logSumExp(tempered);
    const trainer = tempered.map((x) => x - norm);
    for (let k = 0; k < 2; k++) {
      const sampler = samplerLogProbs(language, trainer, size, random);
      for (let v = FIRST_ORDINARY; v < trainer.length; v++) {
        const d = trainer[v]! - sampler[v]!;
        if (d < LOW || d > HIGH) off += Math.exp(sampler[v]!);
      }
      count++;
    }
  }
  return off / count;
}

/** The size of noise under which a share of the tokens is off by more than a tenth, by bisection. */
export function noiseSize(
  language: Language,
  share: number,
  temperature: number,
  random: RandomStream,
): number {
  if (share === 0) return 0;
  let low = 0;
  let high = 2;
  for (let k = 0; k < 9; k++) {
    const middle = (low + high) / 2;
    if (shareOff(language, middle, temperature, random.split('size', k)) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A drawn token, and what was kept when it was drawn. */
export interface Draw {
  readonly id: number;
  readonly logProb: number;
  /** The log of the probability of all tokens that are kept. */
  readonly logKept: number;
  /** The largest log-prob. */
  readonly top: number;
}

/** The first token at which the sum of probabilities goes beyond u; the last one if rounding keeps the sum below. */
function tokenBeyond(logProbs: Float64Array, ids: Iterable<number>, u: number): number {
  let sum = 0;
  let last = 0;
  for (const v of ids) {
    const p = Math.exp(logProbs[v]!);
    if (p === 0) continue;
    sum += p;
    last = v;
    if (u < sum) break;
  }
  return last;
}

/** Draws from the fewest most probable tokens that together have probability topP. */
export function drawToken(logProbs: Float64Array, topP: number, random: RandomStream): Draw {
  let top = Number.NEGATIVE_INFINITY;
  for (const x of logProbs) top = Math.max(top, x);
  const u = random.uniform();
  if (topP >= 1) {
    const id = tokenBeyond(logProbs, logProbs.keys(), u);
    return { id, logProb: logProbs[id]!, logKept: 0, top };
  }
  const order = Array.from(logProbs.keys()).sort((a, b) => logProbs[b]! - logProbs[a]!);
  let kept = 0;
  let count = 0;
  while (count < order.length && kept < topP) kept += Math.exp(logProbs[order[count++]!]!);
  const id = tokenBeyond(logProbs, order.slice(0, count), u * kept);
  return { id, logProb: logProbs[id]!, logKept: Math.log(kept), top };
}
