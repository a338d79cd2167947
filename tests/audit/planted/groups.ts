// Planted: groups that tell nothing, that have one member, or that are not those of the prompts.

import { promptTokens } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { altered, type Case, mean, type Planted, sound, standardised, withAdvantages } from './planted.ts';

const CONTINUOUS = [{ name: 'score', kind: 'continuous', weight: 1 }] as const;

/** group-zero-variance: the rewards of one group are all 1. */
export const groupZeroVariance: Planted = {
  code: 'group-zero-variance',
  severity: 'info',
  clean: (seed) => sound({ seed, rewards: CONTINUOUS }),
  mistakes: {
    equal: (seed) => {
      const clean = sound({ seed, rewards: CONTINUOUS });
      const { group } = clean.trajectories[0]!;
      return withAdvantages(
        altered(clean, (t) => (t.group === group ? { reward: 1, rewards: { score: 1 } } : {})),
        standardised,
      );
    },
  },
};

/** The rollouts with all but one member of the first group left out. */
function withSingleton(seed: number): Case {
  const { trajectories, setting } = sound({ seed, rewards: CONTINUOUS });
  const { group } = trajectories[0]!;
  return { setting, trajectories: trajectories.filter((t, i) => i === 0 || t.group !== group) };
}

/** group-singleton: verl takes the mean of a group of one to be 0, and its std to be 1. */
export const groupSingleton: Planted = {
  code: 'group-singleton',
  severity: 'warning',
  clean: (seed) => withAdvantages(withSingleton(seed), standardised),
  mistakes: {
    verl: (seed) =>
      withAdvantages(withSingleton(seed), (rewards) =>
        rewards.length === 1 ? rewards : standardised(rewards),
      ),
  },
};

/** singleton-zero: an estimator that subtracts the mean of a group of one. */
export const singletonZero: Planted = {
  code: 'singleton-zero',
  severity: 'error',
  clean: (seed) => sound({ seed, objective: 'reinforce', groupSize: 1, prompts: 16 }),
  mistakes: {
    drGrpo: (seed) =>
      sound({ seed, objective: 'drGrpo', groupSize: 1, prompts: 16, options: { maxLength: 120 } }),
  },
};

/** The rollouts with their lines in the order first of each group, second of each, … */
function interleaved({ trajectories, setting }: Case, groups: number): Case {
  const size = trajectories.length / groups;
  return {
    setting,
    trajectories: trajectories.map((_, i) => trajectories[(i % groups) * size + Math.floor(i / groups)]!),
  };
}

/** group-misaligned: prime-rl computed advantages over consecutive lines of a batch that was not sorted by prompt. */
export const groupMisaligned: Planted = {
  code: 'group-misaligned',
  severity: 'error',
  clean: (seed) => interleaved(sound({ seed }), 6),
  mistakes: {
    sums: (seed) =>
      withAdvantages(interleaved(sound({ seed }), 6), standardised, { groupOf: (_, i) => Math.floor(i / 8) }),
    prompts: (seed) => {
      const mixed = interleaved(sound({ seed }), 6);
      const renamed = altered(mixed, (_, i) => ({ group: `g${Math.floor(i / 8)}` }));
      return withAdvantages(renamed, standardised);
    },
  },
};

/** The rollouts with the prompt of every second group beginning like that of the group before. */
function conversations(seed: number): Case {
  const clean = sound({ seed, prompts: 8, promptLength: 30 });
  const firstOf = new Map<string, Trajectory>();
  for (const t of clean.trajectories) if (!firstOf.has(t.group!)) firstOf.set(t.group!, t);
  const names = [...firstOf.keys()];
  return altered(clean, (t) => {
    const number = names.indexOf(t.group!);
    if (number % 2 === 0 || t.ids === undefined) return {};
    const before = firstOf.get(names[number - 1]!)!;
    const common = Math.floor(0.75 * Math.min(promptTokens(before), promptTokens(t)));
    const ids = t.ids.slice();
    ids.set(before.ids!.subarray(0, common));
    const tokens = [...before.tokens!.slice(0, common), ...t.tokens!.slice(common)];
    const prompt = tokens.slice(0, promptTokens(t)).join(' ');
    return { ids, tokens, texts: { ...t.texts, prompt } };
  });
}

const pairOf = ({ group }: Trajectory): string => {
  const [, step, prompt] = /^s(\d+)p(\d+)$/.exec(group!)!;
  return `s${step}pair${Math.floor(Number(prompt) / 2)}`;
};

/** group-by-role: NeMo-RL took the prompt up to a role for the key of its group. */
export const groupByRole: Planted = {
  code: 'group-by-role',
  severity: 'error',
  clean: conversations,
  mistakes: {
    sums: (seed) => withAdvantages(conversations(seed), standardised, { groupOf: pairOf }),
    prompts: (seed) =>
      withAdvantages(
        altered(conversations(seed), (t) => ({ group: pairOf(t) })),
        (rewards) => rewards.map((r) => r - mean(rewards)),
      ),
  },
};
