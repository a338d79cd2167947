// Planted: advantages and rewards that sit on the wrong tokens.

import { promptTokens } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { altered, type Case, type Planted, sound, withAdvantages } from './planted.ts';

/** [T] one number on all tokens with mask 1. */
function expanded({ advantage, mask }: Trajectory): Float64Array {
  return Float64Array.from(mask, (m) => (m === 1 ? Number(advantage) : Number.NaN));
}

/** The first token of the last run of tokens with mask 1. */
function lastRun({ mask }: Trajectory): number {
  let t = mask.lastIndexOf(1);
  while (t > 0 && mask[t - 1] === 1) t--;
  return t;
}

const withoutWeights = ({ trajectories, setting }: Case): Case => ({
  setting,
  trajectories: trajectories.map(({ weights: _, ...t }) => t),
});

/** advantage-misplaced: SkyRL copied the advantages of the last step with its mask. */
export const advantageMisplaced: Planted = {
  code: 'advantage-misplaced',
  severity: 'error',
  clean: (seed) =>
    withoutWeights(altered(sound({ seed, toolRate: 0.1 }), (t) => ({ advantage: expanded(t) }))),
  mistakes: {
    runs: (seed) =>
      withoutWeights(
        altered(sound({ seed, toolRate: 0.1 }), (t) => {
          const from = lastRun(t);
          return { advantage: expanded(t).map((a, k) => (k < from && t.mask[k] === 1 ? 0 : a)) };
        }),
      ),
    // Every trajectory is a rollout of two lines.
    lines: (seed) => {
      const { trajectories, setting } = withoutWeights(sound({ seed }));
      return {
        setting,
        trajectories: trajectories.flatMap((t, i) => [
          { ...t, rollout: `r${i}`, advantage: 0, place: { ...t.place, line: 2 * i + 1 } },
          { ...t, rollout: `r${i}`, place: { ...t.place, line: 2 * i + 2 } },
        ]),
      };
    },
  },
};

/** advantage-not-constant: each half of the tokens was standardised by itself, or advantages depend on the column. */
export const advantageNotConstant: Planted = {
  code: 'advantage-not-constant',
  severity: 'error',
  clean: (seed) => withoutWeights(altered(sound({ seed }), (t) => ({ advantage: expanded(t) }))),
  mistakes: {
    slices: (seed) =>
      withoutWeights(
        altered(sound({ seed }), (t) => ({
          advantage: expanded(t).map((a, k) => (2 * k < t.length + promptTokens(t) ? a : 1.2 * a + 0.1)),
        })),
      ),
    columns: (seed) => {
      const clean = sound({ seed });
      const all = clean.trajectories.map((t) => Number(t.advantage));
      return withoutWeights(
        altered(clean, (t) => ({ advantage: expanded(t).map((_, k) => all[k % all.length]!) })),
      );
    },
  },
};

/** penalty-spill: NeMo-RL wrote the penalty of a span into an expanded view. */
export const penaltySpill: Planted = {
  code: 'penalty-spill',
  severity: 'error',
  clean: (seed) =>
    withoutWeights(
      altered(sound({ seed }), (t, i) => ({
        advantage: expanded(t).map((a, k) => (i % 7 === 3 && k > t.length - 3 ? -5 : a)),
      })),
    ),
  mistakes: {
    rows: (seed) =>
      withoutWeights(
        altered(sound({ seed }), (t, i) => ({
          advantage: expanded(i % 7 === 3 ? { ...t, advantage: -5 } : t),
        })),
      ),
  },
};

/** The reward of a trajectory on one token. */
function rewardAt(t: Trajectory, token: number): Float64Array {
  const out = new Float64Array(t.length);
  out[token] = t.reward!;
  return out;
}

/** Rollouts that end with a token of mask 0, and the token that has the reward. */
function endingMasked(seed: number, token: (t: Trajectory) => number): Case {
  return altered(sound({ seed }), (t) => {
    const mask = t.mask.slice();
    mask[t.length - 1] = 0;
    const own = { ...t, mask };
    return { mask, tokenRewards: rewardAt(own, token(own)) };
  });
}

const lastTrained = ({ mask }: Trajectory): number => mask.lastIndexOf(1);
const last = ({ length }: Trajectory): number => length - 1;

/** reward-on-masked: verl put the reward on the last token, which a tool had said. */
export const rewardOnMasked: Planted = {
  code: 'reward-on-masked',
  severity: 'error',
  clean: (seed) => withoutWeights(endingMasked(seed, lastTrained)),
  mistakes: {
    advantages: (seed) => {
      const { trajectories, setting } = endingMasked(seed, last);
      const bare = trajectories.map(({ values: _, returns: __, ...t }) => t);
      return withAdvantages({ setting, trajectories: bare }, (rewards) => rewards.map(() => 0));
    },
    returns: (seed) =>
      withoutWeights(
        altered(endingMasked(seed, last), ({ mask }) => ({
          returns: Float64Array.from(mask, (m) => (m === 1 ? 0 : Number.NaN)),
        })),
      ),
  },
};
