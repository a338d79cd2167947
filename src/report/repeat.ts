// How to repeat a training run: the command line that gives the same configuration, seed and bits again.
import { InputError } from '../base/errors.ts';
import type { RunConfig } from '../experiments/train.ts';
import { configValue, parseConfig, presets, type TrainingConfig, withEntries } from '../training/index.ts';

/** A command line and, where no preset gives the configuration, the file that it reads. */
export interface Repeat {
  readonly command: string;
  readonly file?: { readonly name: string; readonly json: string };
}

/** A word of a command line of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

type Entry = readonly [key: string, value: string];

function entriesOf(config: TrainingConfig): Map<string, string> {
  const sections = configValue(config) as Record<string, Record<string, unknown>>;
  return new Map(
    Object.entries(sections).flatMap(([section, entries]) =>
      Object.entries(entries).map(([name, value]): Entry => [`${section}.${name}`, String(value)]),
    ),
  );
}

/** Entries on which it depends which other entries there are. */
const FIRST = ['task.name', 'task.file', 'train.objective'];

/**
 * What `--set` has to change in a preset to give a configuration.
 * @throws InputError if nothing does, because the preset's own entries do not fit the objective or the task
 */
function differences(preset: Record<string, unknown>, config: TrainingConfig): Entry[] {
  const wanted = entriesOf(config);
  const differing = (from: TrainingConfig): Entry[] => {
    const given = entriesOf(from);
    return [...wanted].filter(([key, value]) => given.get(key) !== value);
  };
  const first = differing(parseConfig(preset, 'preset')).filter(([key]) => FIRST.includes(key));
  return [...first, ...differing(parseConfig(withEntries(preset, first), 'preset'))];
}

/** `gradsplit train …` that repeats a run in a folder beside its own. */
export function repeatRun({ preset, seed, config }: RunConfig, dir: string): Repeat {
  const out = shellWord(`${dir.replace(/\/+$/, '')}-again`);
  const known = presets.find(({ name }) => name === preset);
  if (known !== undefined) {
    try {
      const settings = differences(known.config, config).map(
        ([key, value]) => ` --set ${shellWord(`${key}=${value}`)}`,
      );
      return {
        command: `gradsplit train --preset ${known.name} --seed ${seed} --out ${out}${settings.join('')}`,
      };
    } catch (error) {
      // The preset is no longer what it was when the run began: the configuration itself is then what repeats it.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return {
    command: `gradsplit train --config config-of-run.json --seed ${seed} --out ${out}`,
    file: { name: 'config-of-run.json', json: JSON.stringify(configValue(config), null, 1) },
  };
}
