// Planted: rewards and ground truths that are not what the scorer meant.
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { sumOf } from '../../../src/rollouts/values/scalars.ts';
import { altered, type Case, type Planted, sound, standardised, withAdvantages } from './planted.ts';

const SHAPED = [
  { name: 'correct', kind: 'binary', weight: 1 },
  { name: 'format', kind: 'format', weight: 0.2 },
] as const;

/**
 * Rollouts with a penalty inside the reward, one number in the file: every second group has one outcome throughout, and the penalty
 * is on one of its members, in every such group or in every third.
 */
function shaped(seed: number, outcome: boolean, every: number): Case {
  const size = 4;
  const clean = sound({
    seed,
    prompts: 64,
    groupSize: size,
    lengths: { kind: 'geometric', mean: 6, spread: 0.2 },
  });
  const penalised = altered(clean, (t, i) => {
    const group = Math.floor(i / size);
    const isUniform = group % 2 === 0;
    const correct = isUniform ? outcome : t.correct === true;
    const isPenalised = isUniform && (group / 2) % every === 0 && i % size === 1;
    return { correct, reward: Number(correct) - (isPenalised ? 0.5 : 0) };
  });
  const { trajectories, setting } = withAdvantages(penalised, standardised);
  return { setting, trajectories: trajectories.map(({ rewards: _, ...t }) => t) };
}

const isRight = (t: Trajectory): boolean => t.correct === true;

/** Without the groups that are of the other outcome throughout. */
function mixedOr(outcome: boolean, { trajectories, setting }: Case): Case {
  const members = (t: Trajectory): readonly Trajectory[] =>
    trajectories.filter(({ group }) => group === t.group);
  return {
    setting,
    trajectories: trajectories.filter((t) => members(t).some((other) => isRight(other) === outcome)),
  };
}

/** A filter that keeps groups of one outcome because their rewards differ; in the clean rollouts many do not. */
function filteredOnShaped(code: string, outcome: boolean): Planted {
  return {
    code,
    severity: 'warning',
    clean: (seed) => shaped(seed, outcome, 3),
    mistakes: {
      filtered: (seed) => {
        const all = mixedOr(outcome, shaped(seed, outcome, 1));
        const kept = all.trajectories.filter(({ group, reward }) =>
          all.trajectories.some((other) => other.group === group && other.reward !== reward),
        );
        return { ...all, trajectories: kept };
      },
    },
  };
}

/** phantom-advantage: groups of wrong answers stay in, because their format differs. */
export const phantomAdvantage = filteredOnShaped('phantom-advantage', false);

/** filter-on-shaped: the same with right answers. */
export const filterOnShaped = filteredOnShaped('filter-on-shaped', true);

/** Rollouts with a score, another number, and a reward made of them. */
function scored(seed: number, reward: (score: number, other: number) => number): Case {
  const { trajectories, setting } = sound({ seed });
  return withAdvantages(
    {
      setting,
      trajectories: trajectories.map(({ rewards: _, ...t }, i) => {
        const other = Math.sin(i + 1) / 3;
        return { ...t, reward: reward(t.reward!, other), extras: { score: t.reward!, confidence: other } };
      }),
    },
    standardised,
  );
}

/** score-zero-replaced: `score or confidence`. */
export const scoreZeroReplaced: Planted = {
  code: 'score-zero-replaced',
  severity: 'error',
  clean: (seed) => scored(seed, (score) => score),
  mistakes: {
    score: (seed) => scored(seed, (score, other) => score || other),
    correct: (seed) => {
      const { trajectories, setting } = scored(seed, (score, other) => score || other);
      return {
        setting,
        trajectories: trajectories.map((t) => ({ ...t, extras: { confidence: t.extras!.confidence! } })),
      };
    },
  },
};

/** Rollouts whose right answers end in their ground truth. */
function answered(seed: number, steps = 1): Case {
  const clean = sound({ seed, steps, prompts: 12 });
  const truthOf = new Map<string, string>();
  for (const { group } of clean.trajectories) {
    if (!truthOf.has(group!)) truthOf.set(group!, String(17 + 3 * truthOf.size));
  }
  return altered(clean, (t) => {
    const groundTruth = truthOf.get(t.group!)!;
    const answer = t.correct === true ? groundTruth : '-1';
    return {
      texts: { ...t.texts, groundTruth, output: `${t.texts!.output} The answer is \\boxed{${answer}}.` },
    };
  });
}

const bySteps = { groupOf: (t: Trajectory) => `${t.step} ${t.group}` };

/** ground-truth-mismatch: prompts are repeated one by one, and ground truths as a block. */
export const groundTruthMismatch: Planted = {
  code: 'ground-truth-mismatch',
  severity: 'error',
  clean: (seed) => answered(seed),
  mistakes: {
    tiled: (seed) => {
      const clean = answered(seed);
      const truths = [...new Set(clean.trajectories.map((t) => t.texts!.groundTruth!))];
      return altered(clean, (t, i) => ({ texts: { ...t.texts, groundTruth: truths[i % truths.length]! } }));
    },
  },
};

/** scorer-failed-as-zero: the scorer timed out, on some outputs or on a whole step, or one of two functions gave null. */
export const scorerFailedAsZero: Planted = {
  code: 'scorer-failed-as-zero',
  severity: 'warning',
  clean: (seed) => answered(seed, 2),
  mistakes: {
    outputs: (seed) => {
      let right = 0;
      const failed = altered(answered(seed), (t) => {
        const isFailed = t.correct === true && right++ % 6 === 0;
        return isFailed ? { reward: 0, rewards: { correct: 0 } } : {};
      });
      return withAdvantages(failed, standardised);
    },
    batch: (seed) => {
      const steps = sound({ seed, steps: 3, prompts: 16 });
      const lastStep = Math.max(...steps.trajectories.map((t) => t.step!));
      const failed = altered(steps, (t) =>
        t.step === lastStep ? { reward: 0, rewards: { correct: 0 } } : {},
      );
      const { trajectories, setting } = withAdvantages(failed, standardised, bySteps);
      return { setting, trajectories: trajectories.map(({ correct: _, ...t }) => t) };
    },
    component: (seed) =>
      withAdvantages(
        altered(sound({ seed, rewards: SHAPED }), (t, i) =>
          i % 9 === 4 && t.rewards!.format === 1
            ? { reward: 0, rewards: { correct: Number.NaN, format: 1 } }
            : {},
        ),
        standardised,
      ),
  },
};

const withWeight = (seed: number, weight: number): Case =>
  sound({
    seed,
    rewards: [
      { name: 'correct', kind: 'binary', weight: 1 },
      { name: 'style', kind: 'continuous', weight },
    ],
  });

/** reward-weights-missing: TRL logs each function without its weight. */
export const rewardWeightsMissing: Planted = {
  code: 'reward-weights-missing',
  severity: 'info',
  clean: (seed) => withWeight(seed, 1),
  mistakes: {
    weighted: (seed) => withWeight(seed, 0.3),
    // A file that has nothing but the parts, so that their plain sum is the reward that is read.
    parts: (seed) =>
      altered(withWeight(seed, 0.3), ({ rewards }) => ({ reward: sumOf(Object.values(rewards!)) })),
  },
};

/** Σ over tokens with mask 1 of log π − log π_ref. */
const klOf = ({ oldLogProbs, refLogProbs, mask }: Trajectory): number =>
  mask.reduce((sum, m, t) => sum + (m === 1 ? oldLogProbs![t]! - refLogProbs![t]! : 0), 0);

/** kl-in-reward-normalised: verl with use_kl_in_reward and GRPO. */
export const klInRewardNormalised: Planted = {
  code: 'kl-in-reward-normalised',
  severity: 'warning',
  clean: (seed) => withAdvantages(sound({ seed, firstStep: 20 }), standardised),
  mistakes: {
    k1: (seed) =>
      withAdvantages(sound({ seed, firstStep: 20 }), standardised, {
        rewardOf: (t) => t.reward! - 0.1 * klOf(t),
      }),
  },
};
