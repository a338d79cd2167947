// Plants a mistake into a simulation: a function alters each trajectory, knowing what is behind it.
import type { Trajectory } from '../../../src/rollouts/index.ts';
import type { Simulated, Truth } from './simulate.ts';

/** What is different about the i-th trajectory; an empty object for nothing. */
export type Mistake = (trajectory: Trajectory, truth: Truth, i: number) => Partial<Trajectory>;

/** The simulation with the mistake in it; the given one stays as it is. */
export function plant(simulated: Simulated, mistake: Mistake): Simulated {
  const { trajectories, truths } = simulated;
  return { ...simulated, trajectories: trajectories.map((t, i) => ({ ...t, ...mistake(t, truths[i]!, i) })) };
}
