// Plants a mistake into a simulation: in what is logged, in what the trainer saw, or in the rollouts themselves.
import type { Trajectory } from '../../rollouts/index.ts';
import { withScales } from './scales.ts';
import type { LoggedFields, SimulationSetting } from './setting.ts';
import type { Simulated, Truth } from './simulate.ts';

/** What is different about the i-th trajectory; an empty object for nothing. `truth` is what no file says of it. */
export type Mistake = (trajectory: Trajectory, truth: Truth, i: number) => Partial<Trajectory>;

/** Where a mistake is. */
export interface PlantOptions {
  /**
   * `log`: the rollouts were right and so was the training, only the file says something else. `trainer`: the trainer saw the altered
   * rollouts, so that its advantages and weights follow from them, and the file has the right ones besides. `rollouts`: the rollouts
   * themselves are altered, and advantages and weights follow. `log` if left out.
   */
  readonly in?: 'log' | 'trainer' | 'rollouts';
  /** What the trainer does instead of what the simulation says; options of the same objective are added to its own. Not with `log`. */
  readonly trained?: Partial<Pick<SimulationSetting, 'objective' | 'options'>>;
}

/** What advantages and weights follow from. */
const NEEDED: readonly (keyof LoggedFields)[] = [
  'mask',
  'roles',
  'logProbs',
  'oldLogProbs',
  'refLogProbs',
  'samplerLogProbs',
  'values',
  'rewards',
  'group',
  'step',
];

function checkFields({ setting: { fields } }: Simulated): void {
  const lacking = fields.onlyTexts ? 'tokens' : NEEDED.find((name) => !fields[name]);
  if (lacking === undefined) return;
  throw new RangeError(
    `advantages and weights cannot follow from rollouts without ${lacking}: simulate with ALL_FIELDS, and leave fields out afterwards with onlyFields`,
  );
}

/** Advantages and weights of all trajectories, step by step. */
function scaledBySteps(
  setting: Pick<SimulationSetting, 'objective' | 'options'>,
  trajectories: readonly Trajectory[],
): Trajectory[] {
  const out = [...trajectories];
  for (const step of new Set(trajectories.map((t) => t.step))) {
    const places = [...trajectories.keys()].filter((i) => trajectories[i]!.step === step);
    const scaled = withScales(
      setting,
      places.map((i) => trajectories[i]!),
    );
    for (const [k, i] of places.entries()) out[i] = scaled[k]!;
  }
  return out;
}

/**
 * The simulation with a mistake in it; the given one stays as it is.
 * @throws RangeError if advantages and weights must follow and the simulation left out what they follow from
 * @example
 * ```ts
 * import { plant, runRules, rules, settingOf, simulate } from 'gradsplit/audit';
 * const clean = simulate({ prompts: 25, toolRate: 0.05 });
 * const bad = plant(clean, ({ roles, mask }) => ({ mask: mask.map((m, t) => (roles[t] === 3 ? 1 : m)) }), { in: 'rollouts' });
 * const { findings } = await runRules(rules, () => bad.trajectories, settingOf(bad));
 * findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule.code); // → ['tool-tokens-trained']
 * ```
 */
export function plant(simulated: Simulated, mistake: Mistake, options: PlantOptions = {}): Simulated {
  const { trajectories, truths, setting } = simulated;
  const altered = trajectories.map((t, i) => ({ ...t, ...mistake(t, truths[i]!, i) }));
  const { in: place = 'log', trained = {} } = options;
  if (place === 'log') return { ...simulated, trajectories: altered };
  checkFields(simulated);
  const { objective = setting.objective, options: own } = trained;
  const kept = objective === setting.objective ? setting.options : {};
  const scaled = scaledBySteps({ objective, options: { ...kept, ...own } }, altered);
  if (place === 'rollouts') return { ...simulated, trajectories: scaled };
  return {
    ...simulated,
    trajectories: trajectories.map((t, i) => {
      const { weights, advantage } = scaled[i]!;
      return { ...t, ...(weights && { weights }), ...(advantage !== undefined && { advantage }) };
    }),
  };
}
