// Two trajectories of one rollout that share half of an answer, trained in both.
import { joined, rescaled, sliced } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'fork-duplicated',
  severity: 'error',
  setting: { objective: 'dapo', lengths: { kind: 'uniform', mean: 40, spread: 0 } },
  prepare: (simulated) => rescaled(simulated, (_, i) => ({ rollout: `r${Math.floor(i / 2)}` })),
  alter: (clean) =>
    rescaled(clean, (t, i) => {
      if (i % 4 !== 1) return {};
      const before = clean.trajectories[i - 1]!;
      return joined(
        sliced(before, 0, Math.ceil(before.length * 0.75)),
        sliced(t, t.roles.indexOf(1), t.length),
      );
    }),
};
