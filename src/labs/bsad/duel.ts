// A duel of two actions: one bit for two batches of trajectories, and when the bits are enough.
import type { RandomStream } from '../../base/random.ts';
import { LOTTERY } from './mdp.ts';

/** Whether the first of two batches is preferred, by their sums of rewards. */
export type Preference = (first: number, second: number, random: RandomStream) => boolean;

/** The batch with the larger sum; a fair coin where they are equal. */
export const direct: Preference = (first, second, random) =>
  first === second ? random.uniform() < 0.5 : first > second;

/** The first with probability 1/(1 + e^{−(R₁ − R₂)/T}). Source: Bradley and Terry, "Rank analysis of incomplete block designs", 1952. */
export function logistic(temperature: number): Preference {
  return (first, second, random) => random.uniform() < 1 / (1 + Math.exp((second - first) / temperature));
}

/** Whether the duels so far are enough to say that the action with more wins is the better one. */
export interface Stopping {
  /** Adds a duel. */
  add(isWin: boolean): void;
  isEnough(): boolean;
}

/**
 * Stops when the mixture of likelihood ratios against ½ reaches 1/δ: U_n = ∫₀¹ (2p)^w·(2 − 2p)^l dp = 2ⁿ/((n + 1)·C(n, w)), so that a win
 * multiplies U by 2(w + 1)/(n + 2). If the better action has a chance of at least ½, then the other one is ahead at a time with U ≥ 1/δ
 * with a probability of at most δ, whatever the number of duels: U ≤ ∫_½^1 2·(2p)^w·(2 − 2p)^l dp for whoever is ahead, which is a
 * supermartingale that begins at 1.
 * Source: Ville, "Étude critique de la notion de collectif", 1939; Robbins, "Statistical methods related to the law of the iterated
 * logarithm", 1970, doi 10.1214/aoms/1177696786.
 */
export function anytime(delta: number): Stopping {
  const threshold = -Math.log(delta);
  const count = { wins: 0, losses: 0 };
  let logU = 0;
  return {
    add(isWin) {
      const which = isWin ? 'wins' : 'losses';
      logU += Math.log((2 * (count[which] + 1)) / (count.wins + count.losses + 2));
      count[which]++;
    },
    isEnough: () => logU >= threshold,
  };
}

/** Stops when the share of wins is more than z standard errors of ½ away from ½: right for one look, but it looks after every duel. */
export function everyLook(z: number): Stopping {
  let [duels, lead] = [0, 0];
  return {
    add(isWin) {
      duels++;
      lead += isWin ? 1 : -1;
    },
    // (w/n − ½)/(½/√n) = (w − l)/√n
    isEnough: () => duels > 0 && Math.abs(lead) > z * Math.sqrt(duels),
  };
}

/** The chance that a batch of M lotteries pays more than M times the safe action, with half of the chance of a tie. */
export function lotteryChance(batch: number): number {
  const { pays, probability, safe } = LOTTERY;
  let wins = 0;
  // C(M, k)·p^k·(1 − p)^{M−k}, one after the other
  let share = (1 - probability) ** batch;
  for (let k = 0; k <= batch; k++) {
    if (pays * k > safe * batch) wins += share;
    if (pays * k === safe * batch) wins += share / 2;
    share *= ((batch - k) / (k + 1)) * (probability / (1 - probability));
  }
  return wins;
}
