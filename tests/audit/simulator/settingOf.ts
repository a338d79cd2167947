// What an audit is told of a simulation: its objective, as the user would declare it.
import type { Setting } from '../../../src/audit/index.ts';
import { choose } from './scales.ts';
import type { Simulated } from './simulate.ts';

/** The setting of an audit that knows the objective of the simulation. */
export function settingOf({ setting: { objective, options } }: Pick<Simulated, 'setting'>): Setting {
  return { chosen: { ...choose(objective, options), from: 'user' } };
}
