// kl-duplicated: a metric is called KL and is the mean of log π − log π_sampler.

import { simulate } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { declared, type Planted } from './trained.ts';

function meanGap({ logProbs, samplerLogProbs, mask }: Trajectory): number {
  let [sum, count] = [0, 0];
  for (const [k, m] of mask.entries()) {
    if (m === 0) continue;
    sum += samplerLogProbs![k]! - logProbs![k]!;
    count++;
  }
  return sum / count;
}

function plantSign(ofBatch: boolean): Planted {
  const { setting, trajectories } = simulate({ steps: 40, prompts: 1, groupSize: 4 });
  const own = new Map<number, Trajectory[]>();
  for (const t of trajectories) own.set(t.step!, [...(own.get(t.step!) ?? []), t]);
  const batchMean = (t: Trajectory): number => {
    const all = own.get(t.step!)!;
    const count = (of: Trajectory): number => of.mask.reduce((n, m) => n + m, 0);
    const tokens = all.reduce((n, of) => n + count(of), 0);
    return all.reduce((sum, of) => sum + count(of) * meanGap(of), 0) / tokens;
  };
  const input = (sign: number) => ({
    setting: declared(setting),
    trajectories: trajectories.map((t) => ({
      ...t,
      extras: { rollout_kl: sign * Math.fround(ofBatch ? batchMean(t) : meanGap(t)) },
    })),
  });
  return { code: 'kl-duplicated', severity: 'warning', clean: input(1), planted: input(-1) };
}

/** By trajectory, and by batch. */
export const klDuplicated = plantSign(false);
export const klDuplicatedOfBatch = plantSign(true);
