// The rollouts of a run's steps, a file a step: rollouts/step-000012.jsonl. A step that is taken again after a kill writes the same file
// again, so that no step is there twice; files of steps that were lost are removed.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { removeTemporaries } from '../../host/output.ts';
import { systemError } from '../../host/systemError.ts';
import { rolloutsHeader, rolloutsLine } from '../../rollouts/index.ts';
import { type LoggedStep, rolloutHeader, stepTrajectories, type Trainer } from '../../training/index.ts';

const FOLDER = 'rollouts';
const NAME = /^step-(\d{6,})\.jsonl$/;

function nameOf(step: number): string {
  return `step-${String(step).padStart(6, '0')}.jsonl`;
}

/** Removes the files of steps after one, and what a killed process left. @throws InputError if the folder cannot be read or written */
export function keepRolloutsUpTo(run: string, step: number): void {
  const folder = join(run, FOLDER);
  removeTemporaries(folder);
  if (!existsSync(folder)) return;
  try {
    for (const name of readdirSync(folder)) {
      const found = NAME.exec(name);
      if (found !== null && Number(found[1]) > step) rmSync(join(folder, name));
    }
  } catch (error) {
    throw systemError('write', folder, error);
  }
}

/** The steps of a run whose rollouts are there, ascending, with their files. @throws InputError if the folder cannot be read */
export function loggedSteps(run: string): { readonly step: number; readonly path: string }[] {
  const folder = join(run, FOLDER);
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder)
      .flatMap((name) => {
        const found = NAME.exec(name);
        return found === null ? [] : [{ step: Number(found[1]), path: join(folder, name) }];
      })
      .sort((a, b) => a.step - b.step);
  } catch (error) {
    throw systemError('read', folder, error);
  }
}

/** Whether the rollouts of a step are written. */
export function isLogged(trainer: Trainer, { phase, step }: LoggedStep, every: number | undefined): boolean {
  return every !== undefined && step % every === 0 && trainer.config[phase].learnsFrom === 'episodes';
}

/**
 * Writes the rollouts of a step. Not by `prepareOutput`, which stops at Ctrl-C: a signal has to wait until the state is saved.
 * @throws InputError or OutputLost if they cannot be written
 */
export function writeRollouts(run: string, trainer: Trainer, logged: LoggedStep): void {
  const folder = join(run, FOLDER);
  const path = join(folder, nameOf(logged.step));
  const header = rolloutsHeader(rolloutHeader(trainer.config[logged.phase]));
  const lines = stepTrajectories(trainer, logged, path).map(rolloutsLine);
  const temporary = join(folder, `.${nameOf(logged.step)}.tmp`);
  let file: number | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    file = openSync(temporary, 'w');
    writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
    fsyncSync(file);
    closeSync(file);
    file = undefined;
    renameSync(temporary, path);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw systemError('write', path, error);
  }
}
