// How to repeat a training run or an experiment: the command line that gives the same configuration, seeds and bits again.
import type { Plan } from '../analyses/reproduce/plan.ts';
import { InputError } from '../base/errors.ts';
import type { RunConfig } from '../experiments/run/config.ts';
import type { Repeat } from '../report/trainHtml.ts';
import {
  configEntries,
  configValue,
  parseConfig,
  presets,
  type TrainingConfig,
  totalSteps,
  withEntries,
} from '../training/index.ts';

/** What a terminal would act on, what is shown as an escape, and spaces that a page would make one. */
const UNSEEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]|(?<= ) /gu;

/** Bytes in octal, as `$'…'` takes them. */
function octal(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** A word of a command line of a POSIX shell; what cannot be seen is written as `$'\012'`, which bash, zsh and ksh read. */
export function shellWord(text: string): string {
  if (text.search(UNSEEN) >= 0) return `$'${text.replace(/[\\']/g, '\\$&').replace(UNSEEN, octal)}'`;
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Where a run is, what computed it, and how far it has come. */
export interface RunState {
  readonly dir: string;
  readonly backend: string;
  readonly stepsDone: number;
}

type Entry = readonly [key: string, value: string];

/** Entries on which it depends which other entries there are. */
const FIRST = ['task.name', 'task.file', 'train.objective'];

/**
 * What `--set` has to change in a preset to give a configuration.
 * @throws InputError if nothing does, because the preset's own entries do not fit the objective or the task
 */
function differences(preset: Record<string, unknown>, config: TrainingConfig): Entry[] {
  const wanted = configEntries(config);
  const differing = (from: TrainingConfig): Entry[] => {
    const given = configEntries(from);
    return [...wanted].filter(([key, value]) => given.get(key) !== value);
  };
  const first = differing(parseConfig(preset, 'preset')).filter(([key]) => FIRST.includes(key));
  return [...first, ...differing(parseConfig(withEntries(preset, first), 'preset'))];
}

/** `--set …` for all that a configuration changes in a preset; nothing if the preset is not there or does not lead to it. */
function settingsOf(preset: string | null, config: TrainingConfig): string | undefined {
  const known = presets.find(({ name }) => name === preset);
  if (known === undefined) return undefined;
  try {
    return differences(known.config, config)
      .map(([key, value]) => ` --set ${shellWord(`${key}=${value}`)}`)
      .join('');
  } catch (error) {
    // The preset is no longer what it was when the run began.
    if (!(error instanceof InputError)) throw error;
    return undefined;
  }
}

/** A folder beside one, as a word of a command line. */
export function beside(dir: string): string {
  return shellWord(`${dir.replace(/\/+$/, '')}-again`);
}

/** The command line that goes on with a run. */
export function goOnWithRun(dir: string, backend: string, steps?: number, logRollouts?: number): string {
  const upTo = steps === undefined ? '' : ` --steps ${steps}`;
  return `gradsplit train --out ${shellWord(dir)} --resume${upTo}${logging(logRollouts)}${flagOf(backend)}`;
}

/** The command line that goes on with an experiment. */
export function goOnWithExperiment(dir: string, logRollouts?: number): string {
  return `gradsplit reproduce --out ${shellWord(dir)} --resume${logging(logRollouts)}`;
}

function logging(every: number | undefined): string {
  return every === undefined ? '' : ` --log-rollouts ${every}`;
}

function flagOf(backend: string): string {
  return backend === 'wasm' ? '' : ` --backend ${shellWord(backend)}`;
}

/** How a run is repeated in a folder beside its own and, where it has steps left, gone on with. */
export function repeatRun(
  { preset, seed, config }: RunConfig,
  { dir, backend, stepsDone }: RunState,
): Repeat {
  const out = beside(dir);
  const onBackend = flagOf(backend);
  const goOn = stepsDone < totalSteps(config) ? { goOn: goOnWithRun(dir, backend) } : {};
  const settings = settingsOf(preset, config);
  if (settings !== undefined) {
    return {
      command: `gradsplit train --preset ${preset} --seed ${seed} --out ${out}${settings}${onBackend}`,
      ...goOn,
    };
  }
  // The configuration itself is then what repeats it.
  return {
    command: `gradsplit train --config config-of-run.json --seed ${seed} --out ${out}${onBackend}`,
    file: { name: 'config-of-run.json', json: JSON.stringify(configValue(config), null, 1) },
    ...goOn,
  };
}

/** The command lines that repeat an experiment in a folder beside its own. */
export function repeatExperiment(plan: Plan, dir: string): string[] {
  const { preset, quick, seeds, episodes, config } = plan;
  const out = beside(dir);
  const changes = settingsOf(preset, config);
  if (changes !== undefined) {
    const size = `${quick ? ' --quick' : ''} --seeds ${seeds} --episodes ${episodes}`;
    return [`gradsplit reproduce ${preset}${size} --out ${out}${changes}`];
  }
  // A folder with the settings alone is an experiment that has not begun.
  const file = shellWord(`${dir.replace(/\/+$/, '')}/settings.json`);
  return [`mkdir ${out} && cp ${file} ${out}`, `gradsplit reproduce --out ${out} --resume`];
}
