// Planted: trajectories that are not trained on, but are counted in the baseline of their group.

import { promptTokens } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { altered, type Case, cutTo, type Planted, sound, standardised, withAdvantages } from './planted.ts';

/** Every fifth trajectory. */
const isOut = (i: number): boolean => i % 5 === 2;

/** Baselines with and without the trajectories that are out. */
function twoWays(code: string, severity: 'error' | 'warning', of: (seed: number) => Case): Planted {
  return {
    code,
    severity,
    clean: (seed) => withAdvantages(of(seed), standardised, { isCounted: (_, i) => !isOut(i) }),
    mistakes: {
      counted: (seed) => {
        const counted = withAdvantages(of(seed), standardised, { rewardOf: (t) => t.reward || 0 });
        return code === 'reward-null'
          ? counted
          : altered(counted, (_, i) => (isOut(i) ? { advantage: 0 } : {}));
      },
    },
  };
}

const unmasked = (t: Trajectory): Uint8Array => new Uint8Array(t.length);

/** failed-row-votes: a trajectory that ended with an error has reward 0. */
export const failedRowVotes = twoWays('failed-row-votes', 'error', (seed) =>
  altered(sound({ seed }), (t, i) =>
    isOut(i)
      ? { failure: 'error', mask: unmasked(t), reward: 0, rewards: { correct: 0 }, correct: false }
      : {},
  ),
);

/** masked-shifts-baseline: trajectories that were cut off are masked as a whole. */
export const maskedShiftsBaseline = twoWays('masked-shifts-baseline', 'warning', (seed) =>
  altered(sound({ seed }), (t, i) =>
    isOut(i) ? { mask: unmasked(t), reward: 0, rewards: { correct: 0 }, correct: false } : {},
  ),
);

/** zero-action: a rollout was aborted before its first token. */
export const zeroAction = twoWays('zero-action', 'error', (seed) => {
  const { trajectories, setting } = sound({ seed });
  return {
    setting,
    trajectories: trajectories.map((t, i) =>
      isOut(i)
        ? {
            ...cutTo(t, promptTokens(t)),
            reward: 0,
            rewards: { correct: 0 },
            correct: false,
            texts: { ...t.texts, output: '' },
          }
        : t,
    ),
  };
});

/** reward-null: no reward function scored, and the sum of nothing is 0. */
export const rewardNull = twoWays('reward-null', 'error', (seed) =>
  altered(sound({ seed }), (_, i) =>
    isOut(i) ? { reward: Number.NaN, rewards: { correct: Number.NaN } } : {},
  ),
);
