// is-touches-kl: the trainer multiplies the sum of both terms by the importance weight.
import { simulate } from '../../../src/audit/simulator/index.ts';
import { declared, inFloat32, OFF_POLICY, type Planted, trainedOn } from './trained.ts';

const given = { ...OFF_POLICY, lag: 0, mismatch: 0.075, objective: 'tis', options: { beta: 0.04 } } as const;

function plantOnBoth(): Planted {
  const { setting, trajectories } = simulate(given);
  const bare = trainedOn(trajectories, { ...setting, options: { beta: 0 } });
  const planted = trajectories.map((t, i) => ({
    ...t,
    weights: t.weights!.map((w, k) => {
      const policy = bare[i]!.weights![k]!;
      const ratio = Math.exp(t.oldLogProbs![k]! - t.samplerLogProbs![k]!);
      return policy + (w - policy) * (Number.isNaN(ratio) ? 1 : Math.min(ratio, 2));
    }),
  }));
  return {
    code: 'is-touches-kl',
    severity: 'info',
    clean: { setting: declared(setting), trajectories: inFloat32(trajectories) },
    planted: { setting: declared(setting), trajectories: inFloat32(planted) },
  };
}

/** The clean run has the correction on the policy term only. */
export const isTouchesKl = plantOnBoth();
