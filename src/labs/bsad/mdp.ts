// Decision processes in layers with noisy rewards: one whose actions all have the same gap, and one in which a lottery is the better action.
import { categorical, type RandomStream } from '../../base/random.ts';

/** A decision process of H steps. Every trajectory begins in state 0. */
export interface Mdp {
  readonly horizon: number;
  readonly actions: number;
  /** [H] states of each step; 1 at the first. */
  readonly states: readonly number[];
  /** [H − 1][states][actions][states of the next step] probabilities. */
  readonly transition: readonly (readonly (readonly (readonly number[])[])[])[];
  /** [H][states][actions] expected rewards. */
  readonly mean: readonly (readonly (readonly number[])[])[];
  /** A reward. */
  draw(step: number, state: number, action: number, random: RandomStream): number;
}

/** One action of each state of each step, [H][states]. */
export type Deterministic = readonly (readonly number[])[];

/** Decisions that the optimal policy consists of. */
export function decisions({ states }: Mdp): number {
  return states.reduce((sum, n) => sum + n, 0);
}

/** The state after an action; 0 after the last step. */
export function nextState(
  mdp: Mdp,
  step: number,
  state: number,
  action: number,
  random: RandomStream,
): number {
  return step + 1 === mdp.horizon ? 0 : categorical(mdp.transition[step]![state]![action]!, random);
}

/** Q of every action when later ones follow the policy, [H][states][actions]: Q_h(s, a) = r_h(s, a) + Σ_s′ P(s′|s, a)·Q_{h+1}(s′, π(s′)). */
export function actionValues(mdp: Mdp, policy: Deterministic): number[][][] {
  const q: number[][][] = [];
  for (let h = mdp.horizon - 1; h >= 0; h--) {
    const after = (s: number): number => q[h + 1]![s]![policy[h + 1]![s]!]!;
    q[h] = mdp.mean[h]!.map((byAction, s) =>
      byAction.map((r, a) => {
        const to = h + 1 === mdp.horizon ? [] : mdp.transition[h]![s]![a]!;
        return to.reduce((sum, p, next) => sum + p * after(next), r);
      }),
    );
  }
  return q;
}

/** The optimal policy by backward induction. */
export function optimalPolicy(mdp: Mdp): number[][] {
  const policy: number[][] = mdp.states.map((n) => new Array<number>(n).fill(0));
  for (let h = mdp.horizon - 1; h >= 0; h--) {
    const q = actionValues(mdp, policy)[h]!;
    policy[h] = q.map((byAction) => byAction.indexOf(Math.max(...byAction)));
  }
  return policy;
}

/** Sizes of a random process. */
export interface EqualGaps {
  readonly horizon: number;
  /** Of every step but the first. */
  readonly states: number;
  readonly actions: number;
  /** Q(s, best) − Q(s, a) for every other action. */
  readonly gap: number;
  /** Standard deviation of every reward. */
  readonly noise: number;
}

/** Positive numbers that add up to 1. */
function randomShares(n: number, random: RandomStream): number[] {
  const weights = Array.from({ length: n }, () => 0.1 + random.uniform());
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/**
 * A random process in which every action but the best falls short by the same gap: with random transitions P, values v and best actions,
 * r_h(s, a) = v_h(s) − gap·[a is not the best] − Σ_s′ P(s′|s, a)·v_{h+1}(s′), so that v is the optimal value. Rewards are normal.
 */
export function equalGaps(
  { horizon, states: wide, actions, gap, noise }: EqualGaps,
  random: RandomStream,
): Mdp {
  const states = Array.from({ length: horizon }, (_, h) => (h === 0 ? 1 : wide));
  const each = <T>(make: (h: number, s: number, a: number) => T): T[][][] =>
    states.map((n, h) =>
      Array.from({ length: n }, (_, s) => Array.from({ length: actions }, (_, a) => make(h, s, a))),
    );
  const value = states.map((n) => Array.from({ length: n }, () => random.uniform()));
  const best = states.map((n) => Array.from({ length: n }, () => random.integer(actions)));
  const transition = each((h) => randomShares(states[h + 1] ?? 1, random)).slice(0, -1);
  const mean = each((h, s, a) => {
    const next = (h + 1 < horizon ? transition[h]![s]![a]! : []).reduce(
      (sum, p, to) => sum + p * value[h + 1]![to]!,
      0,
    );
    return value[h]![s]! - (a === best[h]![s] ? 0 : gap) - next;
  });
  return {
    horizon,
    actions,
    states,
    transition,
    mean,
    draw: (h, s, a, stream) => mean[h]![s]![a]! + noise * stream.normal(),
  };
}

/** What the lottery pays if it pays, how often it does, and what the safe action pays. */
export const LOTTERY = { pays: 3, probability: 0.4, safe: 1 } as const;

/** One decision: action 0 is safe and pays 1; action 1 pays 3 with probability 0.4 and else nothing, which is better on average. */
export const lottery: Mdp = {
  horizon: 1,
  actions: 2,
  states: [1],
  transition: [],
  mean: [[[LOTTERY.safe, LOTTERY.pays * LOTTERY.probability]]],
  draw: (_h, _s, action, random) =>
    action === 0 ? LOTTERY.safe : random.uniform() < LOTTERY.probability ? LOTTERY.pays : 0,
};
