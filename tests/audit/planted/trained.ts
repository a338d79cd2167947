// A planted mistake of the trainer: rollouts whose log says one objective, and whose weights are those of another.
import { type Rule, rules, type Setting, type Severity } from '../../../src/audit/index.ts';
import { choose, type SimulationSetting, simulate, withScales } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';

/** Rollouts, and what the audit is told. */
export interface Input {
  readonly setting: Setting;
  readonly trajectories: readonly Trajectory[];
}

/** A clean input, and the same with one mistake. */
export interface Planted {
  readonly code: string;
  readonly severity: Severity;
  readonly clean: Input;
  readonly planted: Input;
}

/** A run off policy, some updates away from the reference, in which penalties and ratios matter. */
export const OFF_POLICY = {
  firstStep: 8,
  miniBatches: 4,
  drift: 0.03,
  lag: 1,
} satisfies Partial<SimulationSetting>;

/** What the user declares of a simulation. */
export function declared({ objective = 'grpo', options = {} }: Partial<SimulationSetting>): Setting {
  return { chosen: { ...choose(objective, options), from: 'user' } };
}

/** Numbers as float32 has them. */
export function inFloat32(trajectories: readonly Trajectory[]): Trajectory[] {
  const round = (x: Float64Array): Float64Array => Float64Array.from(Float32Array.from(x));
  return trajectories.map((t) => ({ ...t, ...(t.weights && { weights: round(t.weights) }) }));
}

/** The trajectories of one step as if the trainer had seen them otherwise; what it saw is not what is logged. */
export function trainedOn(
  trajectories: readonly Trajectory[],
  setting: Pick<SimulationSetting, 'objective' | 'options'>,
  see: (trajectory: Trajectory) => Partial<Trajectory> = () => ({}),
): Trajectory[] {
  const seen = withScales(
    setting,
    trajectories.map((t) => ({ ...t, ...see(t) })),
  );
  return trajectories.map((t, i) => {
    const { weights, advantage } = seen[i]!;
    return { ...t, ...(weights && { weights }), ...(advantage !== undefined && { advantage }) };
  });
}

/**
 * A run that declares one setting and trains with other options, or on other log-probs.
 * @param trained the options that differ
 */
export function trainedWith(
  code: string,
  severity: Severity,
  given: Partial<SimulationSetting>,
  trained: SimulationSetting['options'],
  see?: (trajectory: Trajectory) => Partial<Trajectory>,
): Planted {
  const { setting, trajectories } = simulate({ ...OFF_POLICY, ...given });
  const options = { ...setting.options, ...trained };
  return {
    code,
    severity,
    clean: { setting: declared(setting), trajectories: inFloat32(trajectories) },
    planted: {
      setting: declared(setting),
      trajectories: inFloat32(trainedOn(trajectories, { ...setting, options }, see)),
    },
  };
}

/** The rules with these codes. */
export function rulesOf(codes: readonly string[]): readonly Rule[] {
  return rules.filter(({ code }) => codes.includes(code));
}
