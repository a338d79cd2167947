// A planted mistake: rollouts of a sound trainer, and the same with one thing wrong that a rule must find, and nothing else at its level.
import type { Setting, Severity } from '../../../src/audit/index.ts';
import { type SimulationSetting, settingOf, simulate } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';

/** Rollouts, and what the audit is told of them. */
export interface Case {
  readonly trajectories: readonly Trajectory[];
  readonly setting: Setting;
}

/** What a rule must tell apart. */
export interface Planted {
  readonly code: string;
  /** The severity with which the rule finds it; findings of the clean rollouts are below. */
  readonly severity: Severity;
  clean(seed: number): Case;
  /** By name; more than one where the mistake shows in several ways. */
  readonly mistakes: Readonly<Record<string, (seed: number) => Case>>;
}

/** Short trajectories of a small vocabulary, and no noise of the sampler, which these rules do not look at. */
const SMALL: Partial<SimulationSetting> = {
  vocabulary: 50,
  mismatch: 0,
  maxLength: 60,
  lengths: { kind: 'geometric', mean: 10, spread: 0.4 },
};

/** Rollouts of a sound trainer. */
export function sound(given: Partial<SimulationSetting>): Case {
  const simulated = simulate({ ...SMALL, ...given });
  return { trajectories: simulated.trajectories, setting: settingOf(simulated) };
}

/** The same rollouts, one by one altered. */
export function altered(
  { trajectories, setting }: Case,
  change: (trajectory: Trajectory, i: number) => Partial<Trajectory>,
): Case {
  return { setting, trajectories: trajectories.map((t, i) => ({ ...t, ...change(t, i) })) };
}

/** What a trainer makes of the rewards of a group. */
export type Formula = (rewards: readonly number[]) => readonly number[];

export const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
export const std = (x: readonly number[], ddof = 1): number =>
  Math.sqrt(x.reduce((sum, one) => sum + (one - mean(x)) ** 2, 0) / (x.length - ddof));

/** (R − mean)/(std + ε). */
export const standardised: Formula = (rewards) => {
  const [middle, scale] = [mean(rewards), std(rewards) + 1e-4];
  return rewards.map((r) => (rewards.every((other) => other === rewards[0]) ? 0 : (r - middle) / scale));
};

/**
 * The rollouts with advantages by a formula.
 * @param options who is in a group, who is counted in it (others have advantage 0), and the reward that the trainer saw
 */
export function withAdvantages(
  { trajectories, setting }: Case,
  formula: Formula,
  options: {
    readonly groupOf?: (trajectory: Trajectory, i: number) => unknown;
    readonly isCounted?: (trajectory: Trajectory, i: number) => boolean;
    readonly rewardOf?: (trajectory: Trajectory, i: number) => number;
  } = {},
): Case {
  const { groupOf = (t) => t.group, isCounted = () => true, rewardOf = (t) => t.reward! } = options;
  const byGroup = new Map<unknown, number[]>();
  for (const [i, t] of trajectories.entries()) {
    const key = groupOf(t, i);
    byGroup.set(key, [...(byGroup.get(key) ?? []), i]);
  }
  const advantage = new Float64Array(trajectories.length);
  for (const members of byGroup.values()) {
    const counted = members.filter((i) => isCounted(trajectories[i]!, i));
    if (counted.length === 0) continue;
    const values = formula(counted.map((i) => rewardOf(trajectories[i]!, i)));
    for (const [k, i] of counted.entries()) advantage[i] = values[k]!;
  }
  return {
    setting,
    trajectories: trajectories.map((t, i) => {
      const { weights: _, ...rest } = t;
      return { ...rest, advantage: advantage[i]! };
    }),
  };
}

/** The trajectory without its last tokens: `length` of them are left. */
export function cutTo(trajectory: Trajectory, length: number): Trajectory {
  const cut = <T extends { slice(from: number, to: number): T }>(x: T): T => x.slice(0, length);
  const out: Record<string, unknown> = { ...trajectory, length };
  for (const [name, value] of Object.entries(trajectory)) {
    if (value instanceof Float64Array || value instanceof Uint8Array || value instanceof Int32Array) {
      out[name] = value.slice(0, length);
    }
  }
  return {
    ...trajectory,
    ...out,
    length,
    roles: cut(trajectory.roles),
    mask: cut(trajectory.mask),
    ...(trajectory.tokens === undefined ? {} : { tokens: trajectory.tokens.slice(0, length) }),
  };
}
