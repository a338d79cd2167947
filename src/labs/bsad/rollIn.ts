// How the states of a step are reached without looking at rewards: Q-learning on a bonus for what was seen least.
import type { RandomStream } from '../../base/random.ts';
import { type Mdp, nextState } from './mdp.ts';

/** The beginning of trajectories, up to a step. */
export interface RollIn {
  /**
   * Rolls in to a state of the step.
   * @param isWanted whether a state is still of use
   */
  go(random: RandomStream, isWanted: (state: number) => boolean): { state: number; rewards: number };
}

/** Step size of Q-learning. What it learns moves as states are seen, so that it must not vanish. */
const RATE = 0.1;

/** A roll-in whose actions are drawn uniformly. */
export function uniformRollIn(mdp: Mdp, step: number): RollIn {
  return {
    go(random) {
      let [state, rewards] = [0, 0];
      for (let h = 0; h < step; h++) {
        const action = random.integer(mdp.actions);
        rewards += mdp.draw(h, state, action, random);
        state = nextState(mdp, h, state, action, random);
      }
      return { state, rewards };
    },
  };
}

/**
 * A roll-in that evens out how often the wanted states of a step are seen: the only reward is a bonus on arrival in s, the count of the wanted
 * state that was seen least over that of s, and 0 where s is not wanted any more. Q_h(s, a) ← Q + 0.1·(max_a′ Q_{h+1}(s′, a′) − Q), from
 * 1 everywhere; the action with the largest Q is taken.
 */
export function rollIn(mdp: Mdp, step: number): RollIn {
  const q = mdp.states
    .slice(0, step)
    .map((n) => Array.from({ length: n }, () => new Float64Array(mdp.actions).fill(1)));
  const seen = new Float64Array(mdp.states[step]!);
  const bonus = (state: number, isWanted: (s: number) => boolean): number => {
    if (!isWanted(state)) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (let s = 0; s < seen.length; s++) if (isWanted(s)) least = Math.min(least, seen[s]!);
    return (least + 1) / (seen[state]! + 1);
  };
  const best = (values: Float64Array): number => {
    let at = 0;
    for (let a = 1; a < values.length; a++) if (values[a]! > values[at]!) at = a;
    return at;
  };
  return {
    go(random, isWanted) {
      let [state, rewards] = [0, 0];
      for (let h = 0; h < step; h++) {
        const values = q[h]![state]!;
        const action = best(values);
        rewards += mdp.draw(h, state, action, random);
        state = nextState(mdp, h, state, action, random);
        const after = h + 1 === step ? bonus(state, isWanted) : Math.max(...q[h + 1]![state]!);
        values[action]! += RATE * (after - values[action]!);
      }
      seen[state]!++;
      return { state, rewards };
    },
  };
}
