// kl-clamped: the trainer clamps k3 at 10, which leaves no gradient where the reference is far above the policy.
import { simulate } from '../../../src/audit/simulator/index.ts';
import { declared, inFloat32, OFF_POLICY, type Planted, trainedOn } from './trained.ts';

const given = { ...OFF_POLICY, firstStep: 30, drift: 0.04, options: { beta: 0.04 } };

/** The clamp acts where log π − log π_ref < −2.61, which the tokens of an old sampler reach. */
function plantClamp(): Planted {
  const { setting, trajectories } = simulate(given);
  const bare = trainedOn(trajectories, { ...setting, options: { beta: 0 } });
  const planted = trajectories.map((t, i) => ({
    ...t,
    weights: t.weights!.map((w, k) => {
      const delta = t.logProbs![k]! - t.refLogProbs![k]!;
      return Math.exp(-delta) - 1 + delta > 10 ? bare[i]!.weights![k]! : w;
    }),
  }));
  return {
    code: 'kl-clamped',
    severity: 'warning',
    clean: { setting: declared(setting), trajectories: inFloat32(trajectories) },
    planted: { setting: declared(setting), trajectories: inFloat32(planted) },
  };
}

/** The planted clamp. */
export const klClamped = plantClamp();
