// Rewards of a simulated trajectory by reward function, and a critic that knows as much as it should: E[R | V] = V.
import type { RandomStream } from '../../base/random.ts';
import type { RewardPart } from './setting.ts';

/** The probability that a format is right. */
const FORMAT = 0.9;
/** What a token tells the critic: the difference of means of its signal under right and wrong, in standard deviations. */
const SIGNAL = 0.3;

/** What a prompt is like. */
export interface PromptTraits {
  /** The probability that an answer is correct. */
  readonly chance: number;
  /** The mean of a continuous reward. */
  readonly level: number;
}

/** The rewards of one trajectory. */
export interface Scores {
  readonly byName: Readonly<Record<string, number>>;
  readonly total: number;
  readonly correct: boolean;
}

/** Draws the rewards of a trajectory whose response takes `share` of the longest possible. */
export function drawScores(
  parts: readonly RewardPart[],
  { chance, level }: PromptTraits,
  share: number,
  random: RandomStream,
): Scores {
  const correct = random.uniform() < chance;
  const score = ({ kind }: RewardPart): number => {
    switch (kind) {
      case 'binary':
        return correct ? 1 : 0;
      case 'continuous':
        return level + (correct ? 0.2 : 0) + 0.2 * random.normal();
      case 'length':
        return -share;
      case 'format':
        return random.uniform() < FORMAT ? 1 : 0;
    }
  };
  const byName = Object.fromEntries(parts.map((part) => [part.name, score(part)]));
  const total = parts.reduce((sum, { name, weight }) => sum + weight * byName[name]!, 0);
  return { byName, total, correct };
}

/** Whether the expected reward before the trajectory is known in closed form. */
export function hasCritic(parts: readonly RewardPart[]): boolean {
  return parts.every(({ kind }) => kind !== 'length');
}

/**
 * [n] V before each of n tokens: the expected reward given signals that tell right from wrong a little at each token. The posterior
 * odds are those at the start times the ratio of likelihoods of the signals, so that V is the conditional mean exactly.
 */
export function criticValues(
  parts: readonly RewardPart[],
  { chance, level }: PromptTraits,
  correct: boolean,
  n: number,
  random: RandomStream,
): Float64Array {
  let known = 0;
  let byCorrect = 0;
  for (const { kind, weight } of parts) {
    if (kind === 'binary') byCorrect += weight;
    if (kind === 'continuous') {
      known += weight * level;
      byCorrect += 0.2 * weight;
    }
    if (kind === 'format') known += weight * FORMAT;
  }
  let logOdds = Math.log(chance / (1 - chance));
  return Float64Array.from({ length: n }, () => {
    const value = known + byCorrect / (1 + Math.exp(-logOdds));
    logOdds += SIGNAL * ((correct ? SIGNAL : -SIGNAL) / 2 + random.normal());
    return value;
  });
}
