// Rollouts in several trajectories, each of which weighs as much as any other.
import { rescaled, reweighted } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'segments-overweighted',
  severity: 'error',
  setting: { prompts: 12 },
  // Rollouts of 1, 2, 3, 4, 1, … trajectories: 1 + 2 + 3 + 4 = 10. Each trajectory weighs 1/N, rescaled to mean 1.
  prepare: (simulated) =>
    reweighted(
      rescaled(simulated, (_, i) => ({
        rollout: `r${Math.floor(i / 10)}.${[0, 1, 1, 2, 2, 2, 3, 3, 3, 3][i % 10]}`,
      })),
      ({ rollout }, all) => {
        const segments = all.filter((other) => other.rollout === rollout).length;
        return all.length / (segments * new Set(all.map((other) => other.rollout)).size);
      },
    ),
  alter: (clean) => rescaled(clean),
};
