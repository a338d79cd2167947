// Whether a run may be gone on with: its configuration is the one that it began with, except for steps that are not taken yet, and for
// the times of checkpoints.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import {
  configEntries,
  configValue,
  type TrainingConfig,
  type TrainingState,
  totalSteps,
} from '../../training/index.ts';
import { difference, entriesOf } from '../identity.ts';
import { type BegunRun, CHANGEABLE, type RunConfig, writeChanges } from './config.ts';

/** @throws InputError naming what differs, unless a configuration is that of the run in a folder but for what may change */
export function checkSameRun(dir: string, run: RunConfig, given: RunConfig): void {
  const entries = ({ seed, config }: RunConfig): Map<string, unknown> =>
    entriesOf({ seed, ...configValue(config) });
  const differs = difference(entries(run), entries(given), CHANGEABLE);
  if (differs === undefined) return;
  throw new InputError(
    `${showText(dir)}: --resume goes on with the configuration that the run began with, but ${differs}`,
  );
}

/**
 * Checks that the steps of a state are also steps of another configuration.
 * @throws InputError naming the number of steps that is too small, or can no longer be another
 */
export function checkLengths(
  dir: string,
  began: TrainingConfig,
  config: TrainingConfig,
  { phase, step }: TrainingState,
): void {
  const refused = (key: string, expected: string, found: number): InputError =>
    new InputError(
      `${showText(dir)}: ${key}: expected ${expected}, as the run has come that far, found ${found}`,
    );
  const [base, train] = [config.base.loop.steps, config.train.loop.steps];
  if (phase === 'base' && step > base) throw refused('base.steps', `at least ${step}`, base);
  if (phase === 'base') return;
  if (base !== began.base.loop.steps) throw refused('base.steps', `${began.base.loop.steps}`, base);
  if (step > train) throw refused('train.steps', `at least ${step}`, train);
}

/** Notes in the config.json of a run what has changed of that which may. */
export function withChanges(
  dir: string,
  run: BegunRun,
  config: TrainingConfig,
): Promise<BegunRun> | BegunRun {
  const [there, here] = [configEntries(run.config), configEntries(config)];
  const isSame = CHANGEABLE.every((key) => there.get(key) === here.get(key));
  return isSame ? run : writeChanges(dir, run, config);
}

/** The configuration of a run that takes so many steps in all, if that is more than it has: its last phase is longer. */
export function withTotalSteps(config: TrainingConfig, steps: number): TrainingConfig {
  const more = steps - totalSteps(config);
  if (more <= 0) return config;
  const last = config.train.loop.steps === 0 ? 'base' : 'train';
  const { loop } = config[last];
  return { ...config, [last]: { ...config[last], loop: { ...loop, steps: loop.steps + more } } };
}
