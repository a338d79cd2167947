// Planted: advantages divided by something else than the standard deviation of their own group.
import {
  altered,
  type Case,
  mean,
  type Planted,
  sound,
  standardised,
  std,
  withAdvantages,
} from './planted.ts';

const CONTINUOUS = [{ name: 'score', kind: 'continuous', weight: 1 }] as const;

/** difficulty-bias: the division by σ itself. */
export const difficultyBias: Planted = {
  code: 'difficulty-bias',
  severity: 'info',
  clean: (seed) => sound({ seed, rewards: CONTINUOUS, options: { normalizeByStd: false } }),
  mistakes: {
    logged: (seed) => sound({ seed, rewards: CONTINUOUS, options: { normalizeByStd: true } }),
    declared: (seed) => {
      const { trajectories, setting } = sound({ seed, rewards: CONTINUOUS });
      return { setting, trajectories: trajectories.map(({ advantage: _, weights: __, ...t }) => t) };
    },
  },
};

/** Advantages against the others of the group, divided by the std of the others. */
const leaveOneOut = (rewards: readonly number[], epsilon: number): readonly number[] =>
  rewards.map((r, i) => {
    const others = rewards.filter((_, j) => j !== i);
    return (r - mean(others)) / (std(others) + epsilon);
  });

/** Rollouts whose first group has rewards 1, 0, 0, … */
function oddOneOut(seed: number): Case {
  const clean = sound({ seed, options: { normalizeByStd: false } });
  const { group } = clean.trajectories[0]!;
  return altered(clean, (t, i) =>
    t.group === group
      ? { reward: i === 0 ? 1 : 0, rewards: { correct: i === 0 ? 1 : 0 }, correct: i === 0 }
      : {},
  );
}

/** loo-std-blowup: the others have no standard deviation. */
export const looStdBlowup: Planted = {
  code: 'loo-std-blowup',
  severity: 'error',
  clean: (seed) => withAdvantages(oddOneOut(seed), standardised),
  mistakes: {
    epsilon: (seed) => withAdvantages(oddOneOut(seed), (rewards) => leaveOneOut(rewards, 1e-6)),
    // NeMo-RL#4161: rewards that float32 does not hold leave a residue of 1.6e-4.
    residue: (seed) =>
      withAdvantages(
        altered(oddOneOut(seed), (t) => ({ reward: t.reward === 1 ? 0.95 : 0.35 })),
        (rewards) => (new Set(rewards).size === 1 ? rewards.map(() => 0) : leaveOneOut(rewards, 1.6e-4)),
      ),
  },
};

/** std-impossible: the standard deviation leaves the trajectory itself out. */
export const stdImpossible: Planted = {
  code: 'std-impossible',
  severity: 'error',
  clean: (seed) => sound({ seed, rewards: CONTINUOUS, prompts: 30 }),
  mistakes: {
    leaveOneOut: (seed) =>
      withAdvantages(sound({ seed, rewards: CONTINUOUS, prompts: 30 }), (rewards) =>
        leaveOneOut(rewards, 1e-6),
      ),
    // Nobody declares an objective: most groups show their division, one was divided by a third of its own.
    undeclared: (seed) => {
      const { trajectories } = withAdvantages(sound({ seed, prompts: 12 }), standardised);
      const worst = trajectories.reduce((a, b) => (Number(a.advantage) >= Number(b.advantage) ? a : b)).group;
      return {
        setting: {},
        trajectories: trajectories.map((t) =>
          t.group === worst ? { ...t, advantage: 3 * Number(t.advantage) } : t,
        ),
      };
    },
  },
};

/** Rollouts in which all rewards of two groups are 0.3 but for noise. */
function nearlyEqual(seed: number, noise: number): Case {
  const clean = sound({ seed, rewards: CONTINUOUS });
  const groups = [...new Set(clean.trajectories.map(({ group }) => group))].slice(0, 2);
  return altered(clean, (t, i) => {
    const reward = 0.3 + noise * (i % 3);
    return groups.includes(t.group) ? { reward, rewards: { score: reward } } : {};
  });
}

/** std-noise: float32 leaves differences of 3e-8, and ε is 1e-9. */
export const stdNoise: Planted = {
  code: 'std-noise',
  severity: 'error',
  clean: (seed) => withAdvantages(nearlyEqual(seed, 0), standardised),
  mistakes: {
    rewards: (seed) =>
      withAdvantages(nearlyEqual(seed, 3e-8), (rewards) =>
        rewards.map((r) => (r - mean(rewards)) / (std(rewards) + 1e-9)),
      ),
    mean: (seed) =>
      withAdvantages(nearlyEqual(seed, 0), (rewards) =>
        new Set(rewards).size > 1 ? standardised(rewards) : rewards.map(() => 2.98e-8 / (3e-8 + 1e-9)),
      ),
  },
};

const isStandardised = { options: { normalizeByStd: true }, rewards: CONTINUOUS } as const;

/** std-scope-swapped: the standard deviation is that of the whole batch. */
export const stdScopeSwapped: Planted = {
  code: 'std-scope-swapped',
  severity: 'error',
  clean: (seed) => sound({ seed, ...isStandardised }),
  mistakes: {
    batch: (seed) => {
      const clean = sound({ seed, ...isStandardised });
      const scale = std(clean.trajectories.map((t) => t.reward!));
      return withAdvantages(clean, (rewards) => rewards.map((r) => (r - mean(rewards)) / (scale + 1e-4)));
    },
  },
};
