// What an audit is told of a simulation: its objective, as the user would declare it.
import type { Setting } from '../setting.ts';
import { choose } from './scales.ts';
import type { Simulated } from './simulate.ts';

/**
 * The setting of an audit that knows the objective of the simulation.
 * @throws InputError if there is no such objective, or it does not take its options
 */
export function settingOf({ setting: { objective, options } }: Pick<Simulated, 'setting'>): Setting {
  return { chosen: { ...choose(objective, options), from: 'user' } };
}
