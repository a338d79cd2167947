// What several planted mistakes do to a simulation: other masks, other divisors, other tokens.

import { plant, type Simulated } from '../../../src/audit/simulator/index.ts';
import { ROLES, type Role, type Trajectory } from '../../../src/rollouts/index.ts';

/** The place of a role in ROLES. */
export const roleOf = (role: Role): number => ROLES.indexOf(role);

/** Σ mask. */
export const lengthOf = ({ mask }: Trajectory): number => mask.reduce((sum, m) => sum + m, 0);

/** Tokens that are neither prompt nor padding. */
export const responseOf = ({ roles }: Trajectory): number =>
  roles.filter((role) => role !== roleOf('prompt') && role !== roleOf('pad')).length;

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Applies a function to the trajectories of each step, in their order. */
export function byStep(
  simulated: Simulated,
  of: (some: readonly Trajectory[]) => readonly Trajectory[],
): Simulated {
  const { trajectories } = simulated;
  const out = [...trajectories];
  for (const step of new Set(trajectories.map((t) => t.step))) {
    const places = [...trajectories.keys()].filter((i) => trajectories[i]!.step === step);
    for (const [k, t] of of(places.map((i) => trajectories[i]!)).entries()) out[places[k]!] = t;
  }
  return { ...simulated, trajectories: out };
}

/** The simulation after a change of each trajectory, with the advantages and weights that the objective gives then. */
export function rescaled(
  simulated: Simulated,
  change: (trajectory: Trajectory, i: number) => Partial<Trajectory> = () => ({}),
  objective: Partial<Pick<Simulated['setting'], 'objective' | 'options'>> = {},
): Simulated {
  return plant(simulated, (t, _, i) => change(t, i), { in: 'rollouts', trained: objective });
}

/** The simulation with the logged weights of each trajectory times a number, which may look at all trajectories of its step. */
export function reweighted(
  simulated: Simulated,
  factor: (trajectory: Trajectory, ofStep: readonly Trajectory[]) => number,
): Simulated {
  return byStep(simulated, (some) =>
    some.map((t) => ({ ...t, weights: t.weights!.map((w) => w * factor(t, some)) })),
  );
}

/** The tokens from … to − 1 of every array of a trajectory. */
export function sliced(t: Trajectory, from: number, to: number): Trajectory {
  const cut = Object.entries(t).flatMap(([name, value]): [string, unknown][] => {
    const isArray =
      value instanceof Float64Array || value instanceof Uint8Array || value instanceof Int32Array;
    return isArray || Array.isArray(value) ? [[name, value.slice(from, to)]] : [];
  });
  return { ...t, ...Object.fromEntries(cut), length: to - from };
}

/** The tokens of one trajectory and then those of another; all else is that of the second. */
export function joined(a: Trajectory, b: Trajectory): Trajectory {
  const both = Object.entries(b).flatMap(([name, value]): [string, unknown][] => {
    const before: unknown = Object.entries(a).find(([other]) => other === name)?.[1];
    if (value instanceof Float64Array && before instanceof Float64Array)
      return [[name, Float64Array.from([...before, ...value])]];
    if (value instanceof Uint8Array && before instanceof Uint8Array)
      return [[name, Uint8Array.from([...before, ...value])]];
    if (value instanceof Int32Array && before instanceof Int32Array)
      return [[name, Int32Array.from([...before, ...value])]];
    return Array.isArray(value) && Array.isArray(before) ? [[name, [...before, ...value]]] : [];
  });
  return { ...b, ...Object.fromEntries(both), length: a.length + b.length };
}
