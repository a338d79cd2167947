// clip-never: GSPO with the clip of token ratios, which a geometric mean does not reach.
import { type SimulationSetting, simulate } from '../../../src/audit/simulator/index.ts';
import { declared, type Input, OFF_POLICY, type Planted } from './trained.ts';

function input(options: SimulationSetting['options']): Input {
  const { setting, trajectories } = simulate({
    ...OFF_POLICY,
    drift: 0.005,
    lag: 0,
    objective: 'gspo',
    options,
  });
  return { setting: declared(setting), trajectories };
}

/** The clean run has the clip of the paper. */
export const clipNever: Planted = {
  code: 'clip-never',
  severity: 'warning',
  clean: input({}),
  planted: input({ clipLow: 0.2, clipHigh: 0.2 }),
};
