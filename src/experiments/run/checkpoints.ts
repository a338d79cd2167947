// Writes checkpoints of a run: the Hugging Face folder of the model, the token table, the optimiser, the reference, and where the run
// is, with the hashes of all. A folder is written under a temporary name and renamed, so that one which is there is complete.
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Tensor } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { showText } from '../../base/show.ts';
import { removeTemporaries } from '../../host/output.ts';
import { fileHash } from '../../host/readFile.ts';
import { systemError } from '../../host/systemError.ts';
import { formatModelFiles, writeSafetensors } from '../../nn/index.ts';
import { stepsDone, type Trainer, type TrainingState } from '../../training/index.ts';
import { sealed } from '../sealed.ts';
import { CHECKPOINT, readState, STATE } from './checkpointFiles.ts';
import type { BegunRun } from './config.ts';
import { metricsHash, syncMetrics } from './metrics.ts';

const FOLDER = 'checkpoints';

/** Checkpoints of a run, oldest first; names are steps. */
function namesIn(run: string): string[] {
  const folder = join(run, FOLDER);
  try {
    // A link that leads nowhere, or a file, is damage and not a run without checkpoints.
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return [];
    return readdirSync(folder)
      .filter((name) => /^\d{8}$/.test(name))
      .sort();
  } catch (error) {
    throw systemError('read', folder, error);
  }
}

/** Removes what a killed process left of a checkpoint that it was writing. */
export function removeTemporaryCheckpoints(run: string): void {
  removeTemporaries(join(run, FOLDER));
}

function nameOf(step: number): string {
  return String(step).padStart(8, '0');
}

/** The folders of all checkpoints of a run, oldest first. @throws InputError if they cannot be listed */
export function allCheckpoints(run: string): string[] {
  return namesIn(run).map((name) => join(run, FOLDER, name));
}

/** The folder of the last checkpoint of a run, if there is one. */
export function lastCheckpoint(run: string): string | undefined {
  const name = namesIn(run).at(-1);
  return name === undefined ? undefined : join(run, FOLDER, name);
}

function* tensorsOf(values: Readonly<Record<string, Tensor>>): Generator<Uint8Array> {
  const entries = Object.entries(values).map(
    ([name, t]) => [name, { shape: t.shape, values: () => t.readSync() }] as const,
  );
  yield* writeSafetensors(new Map(entries), 'F32');
}

/**
 * Writes and syncs a new file, and returns its sha256. Not by `prepareOutput`, which stops at Ctrl-C, and around which for a moment no handler of
 * signals is there: a signal has to wait until the state is saved.
 */
function writeSynced(path: string, pieces: Iterable<string | Uint8Array>): string {
  const file = openSync(path, 'wx');
  const hash = createHash('sha256');
  try {
    for (const piece of pieces) {
      writeFileSync(file, piece);
      hash.update(piece);
    }
    fsyncSync(file);
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

/** Makes a rename last: the folder itself is synced. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a checkpoint under a temporary name, and renames it.
 * @param fill writes the files into the folder
 * @throws InputError if it cannot be written
 */
function writeFolder(run: string, name: string, fill: (folder: string) => void): string {
  const folder = join(run, FOLDER, name);
  const temporary = join(run, FOLDER, `.${name}.tmp`);
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    fill(temporary);
    syncFolder(temporary);
    renameSync(temporary, folder);
    syncFolder(join(run, FOLDER));
    return folder;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw systemError('write', folder, error);
  }
}

/**
 * Writes the state as a checkpoint; older ones go, except that of the end of `base`.
 * @returns its folder
 * @throws InputError if it cannot be written; the last one stays
 */
export function saveCheckpoint(
  run: string,
  { sha256 }: BegunRun,
  trainer: Trainer,
  state: TrainingState,
): string {
  const done = stepsDone(trainer, state);
  const name = nameOf(done);
  const folder = join(run, FOLDER, name);
  if (existsSync(folder)) return folder;
  syncMetrics(run);
  const metrics = metricsHash(run);
  writeFolder(run, name, (temporary) => {
    const model = formatModelFiles(trainer.model.config, state.parameters, 'F32');
    const { phase, step, updates } = state;
    const files: Record<string, Iterable<string | Uint8Array>> = {
      [CHECKPOINT.config]: [model.config],
      [CHECKPOINT.weights]: model.weights,
      [CHECKPOINT.tokens]: jsonChunks(trainer.task.tokens.names),
      [CHECKPOINT.optimiser]: tensorsOf(state.optimiser),
    };
    if (phase === 'train') files[CHECKPOINT.reference] = tensorsOf(state.reference);
    const hashes = Object.entries(files).map(([file, pieces]): [string, string] => [
      file,
      writeSynced(join(temporary, file), pieces),
    ]);
    const tie = sha256 === undefined ? {} : { run: sha256, files: Object.fromEntries(hashes) };
    const written = sealed({ phase, step, updates, seed: trainer.seed, ...tie, metrics });
    writeSynced(join(temporary, STATE), jsonChunks(written));
  });
  const endOfBase = trainer.config.base.loop.steps;
  const { keepEvery } = trainer.config.run;
  for (const old of namesIn(run)) {
    const step = Number(old);
    const isKept = step === endOfBase || (keepEvery > 0 && step % keepEvery === 0);
    if (step < done && !isKept) rmSync(join(run, FOLDER, old), { recursive: true });
  }
  return folder;
}

/**
 * The folder of the checkpoint of a step.
 * @throws InputError if it is not there
 */
export function checkpointOf(run: string, step: number): string {
  const folder = join(run, FOLDER, nameOf(step));
  if (existsSync(folder)) return folder;
  throw new InputError(
    `${showText(run)}: expected a checkpoint of the end of base, step ${step}, found none`,
  );
}

/**
 * Copies the checkpoint of a step to another run, which has none and begins with it.
 * @param source the folder of the checkpoint, as it was found to be right
 * @throws InputError if it cannot be written
 */
export function copyCheckpoint(source: string, to: string, { sha256 }: BegunRun, step: number): void {
  const { phase, step: own, updates, seed } = readState(source);
  writeFolder(to, nameOf(step), (temporary) => {
    cpSync(source, temporary, { recursive: true, filter: (path) => basename(path) !== STATE });
    const hashes = readdirSync(temporary).map((file) => [file, fileHash(join(temporary, file))]);
    const tie = sha256 === undefined ? {} : { run: sha256, files: Object.fromEntries(hashes) };
    writeSynced(join(temporary, STATE), jsonChunks(sealed({ phase, step: own, updates, seed, ...tie })));
  });
}

/** The sha256 of the weights of a checkpoint. */
export function weightsHash(folder: string): string {
  return fileHash(join(folder, CHECKPOINT.weights));
}
