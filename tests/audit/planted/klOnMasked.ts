// kl-on-masked: the KL of tool tokens is paid like that of the model's own tokens.

import { simulate, without } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { declared, OFF_POLICY, type Planted } from './trained.ts';

const BETA = 0.04;

const given = {
  ...OFF_POLICY,
  objective: 'reinforce',
  options: { beta: BETA, klEstimator: 'k1', klPlacement: 'reward' },
  toolRate: 0.05,
} as const;

/** −β·δ on tokens with mask 1, or on all of the response; the reward on the last one. */
function rewardsOf(t: Trajectory, onMasked: boolean): Float64Array {
  const last = t.mask.lastIndexOf(1);
  return Float64Array.from(t.mask, (m, k) => {
    const delta = t.logProbs![k]! - t.refLogProbs![k]!;
    const penalty = Number.isNaN(delta) || (m === 0 && !onMasked) ? 0 : BETA * delta;
    return (k === last ? t.reward! : 0) - penalty;
  });
}

/** Σ_{s≥t} γ^{s−t}·r_s. */
function returnsOf(rewards: Float64Array, discount: number): Float64Array {
  const out = rewards.slice();
  for (let t = out.length - 2; t >= 0; t--) out[t]! += discount * out[t + 1]!;
  return out;
}

function plantOn(field: 'tokenRewards' | 'returns', discount: number): Planted {
  const { setting, trajectories } = simulate(given);
  const input = (onMasked: boolean) => ({
    setting: declared(setting),
    trajectories: trajectories.map((t) => {
      const rewards = rewardsOf(t, onMasked);
      const advantage = rewards.reduce((sum, r) => sum + r, 0);
      const paid = { [field]: field === 'returns' ? returnsOf(rewards, discount) : rewards };
      return { ...without(t, ['values', 'returns', 'weights']), advantage, ...paid };
    }),
  });
  return { code: 'kl-on-masked', severity: 'error', clean: input(false), planted: input(true) };
}

/** In rewards by token. */
export const klOnMasked = plantOn('tokenRewards', 1);

/** In returns, with and without a discount. */
export const klOnMaskedInReturns = plantOn('returns', 1);
export const klOnMaskedDiscounted = plantOn('returns', 0.99);
