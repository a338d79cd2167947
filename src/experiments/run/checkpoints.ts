// Checkpoints of a run: the Hugging Face folder of the model, the token table, the optimiser, the reference, and where the run is.
// A folder is written under a temporary name and renamed, so that one which is there is complete.
import {
  closeSync,
  cpSync,
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
import { type Tensor, tensor } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showText } from '../../base/show.ts';
import { readModelFolder } from '../../host/modelFolder.ts';
import { removeTemporaries } from '../../host/output.ts';
import { fileHash, readBytes, readText } from '../../host/readFile.ts';
import { systemError } from '../../host/systemError.ts';
import { formatGpt2Files, readSafetensors, writeSafetensors } from '../../nn/index.ts';
import { PHASES, stepsDone, type Trainer, type TrainingState } from '../../training/index.ts';

const FOLDER = 'checkpoints';

/** Checkpoints of a run, oldest first; names are steps. */
function namesIn(run: string): string[] {
  const folder = join(run, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{8}$/.test(name))
    .sort();
}

/** Removes what a killed process left of a checkpoint that it was writing. */
export function removeTemporaryCheckpoints(run: string): void {
  removeTemporaries(join(run, FOLDER));
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

function readTensors(path: string): Record<string, Tensor> {
  const file = readSafetensors(readBytes(path), showText(path));
  return Object.fromEntries(
    [...file.tensors].map(([name, { shape }]) => [name, tensor(file.values(name), { shape, dtype: 'f32' })]),
  );
}

/**
 * Writes and syncs a new file. Not by `prepareOutput`, which stops at Ctrl-C, and around which for a moment no handler of
 * signals is there: a signal has to wait until the state is saved.
 */
function writeSynced(path: string, pieces: Iterable<string | Uint8Array>): void {
  const file = openSync(path, 'wx');
  try {
    for (const piece of pieces) writeFileSync(file, piece);
    fsyncSync(file);
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
 * Writes the state as a checkpoint; older ones go, except that of the end of `base`.
 * @returns its folder
 * @throws InputError if it cannot be written; the last one stays
 */
export function saveCheckpoint(run: string, trainer: Trainer, state: TrainingState): string {
  const done = stepsDone(trainer, state);
  const name = String(done).padStart(8, '0');
  const folder = join(run, FOLDER, name);
  if (existsSync(folder)) return folder;
  const temporary = join(run, FOLDER, `.${name}.tmp`);
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    const model = formatGpt2Files(trainer.model.config, state.parameters, 'F32');
    const { phase, step, updates } = state;
    const files: Record<string, Iterable<string | Uint8Array>> = {
      'config.json': [model.config],
      'model.safetensors': model.weights,
      'tokens.json': jsonChunks(trainer.task.tokens.names),
      'optimiser.safetensors': tensorsOf(state.optimiser),
      'state.json': jsonChunks({ phase, step, updates, seed: trainer.seed }),
    };
    if (phase === 'train') files['reference.safetensors'] = tensorsOf(state.reference);
    for (const [file, pieces] of Object.entries(files)) {
      writeSynced(join(temporary, file), pieces);
    }
    syncFolder(temporary);
    renameSync(temporary, folder);
    syncFolder(join(run, FOLDER));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw systemError('write', folder, error);
  }
  const endOfBase = trainer.config.base.loop.steps;
  for (const old of namesIn(run)) {
    if (Number(old) < done && Number(old) !== endOfBase) rmSync(join(run, FOLDER, old), { recursive: true });
  }
  return folder;
}

/**
 * Copies the checkpoint of a step from one run to another, which has none.
 * @throws InputError if it is not there, or cannot be written
 */
export function copyCheckpoint(from: string, to: string, step: number): void {
  const name = String(step).padStart(8, '0');
  const source = join(from, FOLDER, name);
  if (!existsSync(source)) {
    throw new InputError(
      `${showText(from)}: expected a checkpoint of the end of base, step ${step}, found none`,
    );
  }
  const temporary = join(to, FOLDER, `.${name}.tmp`);
  const target = join(to, FOLDER, name);
  try {
    rmSync(temporary, { recursive: true, force: true });
    cpSync(source, temporary, { recursive: true });
    renameSync(temporary, target);
    syncFolder(join(to, FOLDER));
  } catch (error) {
    throw systemError('write', target, error);
  }
}

/**
 * The state of a checkpoint.
 * @throws InputError naming the file that is missing or damaged
 */
export function loadCheckpoint(folder: string): TrainingState {
  const path = join(folder, 'state.json');
  const { phase, step, updates } = parseJson(readText(path), showText(path)) as Record<string, unknown>;
  const known = PHASES.find((name) => name === phase);
  if (known === undefined || !Number.isSafeInteger(step) || !Number.isSafeInteger(updates)) {
    throw new InputError(`${showText(path)}: expected phase, step and updates of a run`);
  }
  const { parameters } = readModelFolder(folder);
  return {
    phase: known,
    step: step as number,
    updates: updates as number,
    parameters,
    optimiser: readTensors(join(folder, 'optimiser.safetensors')),
    reference: known === 'train' ? readTensors(join(folder, 'reference.safetensors')) : parameters,
  };
}

/** The sha256 of the weights of a checkpoint. */
export function weightsHash(folder: string): string {
  return fileHash(join(folder, 'model.safetensors'));
}
