// Reads checkpoints as input: every file is checked against the configuration of the run, and by its hash.
import { basename, join } from 'node:path';
import { scope, type Tensor, tensor } from '../../autodiff/index.ts';
import { InputError, showShape } from '../../base/errors.ts';
import { showText, showValue } from '../../base/show.ts';
import { readModelFolder } from '../../host/modelFolder.ts';
import { fileHash } from '../../host/readFile.ts';
import { openSafetensors } from '../../host/safetensorsFile.ts';
import { checkFinite } from '../../nn/huggingFace/finite.ts';
import { sameShape } from '../../tensor/shape.ts';
import { optimiserOf, type Trainer, type TrainingState } from '../../training/index.ts';
import { CHECKPOINT, type CheckpointState, readState, STATE } from './checkpointFiles.ts';
import type { BegunRun } from './config.ts';

/** @throws InputError unless a place holds what is expected there */
function expectAt(place: string, expected: unknown, found: unknown): void {
  if (expected === found) return;
  const shown = found === undefined ? 'nothing' : showValue(found);
  throw new InputError(`${place}: expected ${showValue(expected)}, found ${shown}`);
}

/**
 * Reads where the run was when a checkpoint was written.
 * @throws InputError if it is not a state that the run can have, or is one of another configuration
 */
function stateOf(folder: string, { seed, config, sha256 }: BegunRun): CheckpointState {
  const state = readState(folder);
  const path = showText(join(folder, STATE));
  const { loop } = config[state.phase];
  const epochs = 'innerEpochs' in loop ? loop.innerEpochs : 1;
  const most = (name: 'step' | 'updates', limit: number): void => {
    if (state[name] > limit)
      throw new InputError(`${path}: ${name}: expected at most ${limit}, found ${state[name]}`);
  };
  expectAt(`${path}: seed`, seed, state.seed);
  most('step', loop.steps);
  most('updates', state.step * epochs);
  const before = state.phase === 'base' ? 0 : config.base.loop.steps;
  expectAt(`${path}: the number of all steps`, Number(basename(folder)), before + state.step);
  if (state.run !== sha256) {
    throw new InputError(
      `${path}: expected a checkpoint of the configuration in the config.json of the run, found one of another (sha256 ${state.run ?? 'none'})`,
    );
  }
  return state;
}

/** @throws InputError unless the files are those that the checkpoint was written with */
function checkFiles(folder: string, state: CheckpointState, names: readonly string[]): void {
  if (state.run === undefined) return;
  const hashes = new Map(Object.entries(state.files ?? {}));
  for (const name of names) {
    expectAt(
      `${showText(join(folder, name))}: sha256, as state.json has it`,
      hashes.get(name),
      fileHash(join(folder, name)),
    );
  }
}

function weightsOf(folder: string, { model }: Trainer): Record<string, Tensor> {
  const { network, parameters } = readModelFolder(folder);
  const sizesOf = ({ architecture, config }: Trainer['model']): ReadonlyMap<string, unknown> => {
    const all = new Map<string, unknown>(Object.entries({ architecture, ...config }));
    // What others follow from goes first.
    const first = ['architecture', 'vocabulary', 'context', 'width', 'layers', 'heads'];
    return new Map([...first.map((name) => [name, all.get(name)] as const), ...all]);
  };
  const [found, expected] = [sizesOf(network), sizesOf(model)];
  for (const size of new Set([...expected.keys(), ...found.keys()])) {
    const [there, here] = [found, expected].map((sizes) => JSON.stringify(sizes.get(size)));
    if (there === here) continue;
    const place = showText(join(folder, CHECKPOINT.config));
    throw new InputError(`${place}: ${size} is ${there}, but the run's configuration says ${here}`);
  }
  return parameters;
}

/**
 * Reads exactly these tensors.
 * @param shapes by name
 * @throws InputError naming the tensor that is missing, unknown, of another shape or type, or not finite
 */
function readTensors(path: string, shapes: ReadonlyMap<string, readonly number[]>): Record<string, Tensor> {
  const source = showText(path);
  const stored = openSafetensors(path);
  for (const name of stored.tensors.keys()) {
    if (!shapes.has(name)) throw new InputError(`${source}: unknown tensor ${showValue(name)}`);
  }
  for (const [name, shape] of shapes) {
    const found = stored.tensors.get(name);
    if (found === undefined) throw new InputError(`${source}: the tensor ${showValue(name)} is missing`);
    if (found.dtype === 'F32' && sameShape(found.shape, shape)) continue;
    throw new InputError(
      `${source}: tensor ${showValue(name)} must be F32 ${showShape(shape)}, found ${found.dtype} ${showShape(found.shape)}`,
    );
  }
  const read = [...shapes].map(([name, shape]): [string, Tensor] => {
    const found = stored.stored(name);
    checkFinite(found, `${source}: tensor ${showValue(name)}`);
    return [name, tensor(found.values, { shape, dtype: 'f32' })];
  });
  return Object.fromEntries(read);
}

function shapesOf(tensors: Readonly<Record<string, Tensor>>): Map<string, readonly number[]> {
  return new Map(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
}

/**
 * The parameters of a checkpoint.
 * @throws InputError naming the file, and the place in it, that is missing, damaged or of another run
 */
export function loadParameters(folder: string, run: BegunRun, trainer: Trainer): Record<string, Tensor> {
  const state = stateOf(folder, run);
  const parameters = weightsOf(folder, trainer);
  checkFiles(folder, state, [CHECKPOINT.config, CHECKPOINT.weights]);
  return parameters;
}

/**
 * The state of a checkpoint.
 * @throws InputError naming the file, and the place in it, that is missing, damaged or of another run
 */
export function loadCheckpoint(folder: string, run: BegunRun, trainer: Trainer): TrainingState {
  const state = stateOf(folder, run);
  const { phase, step, updates } = state;
  return scope(() => {
    const parameters = weightsOf(folder, trainer);
    const moments = scope(() => shapesOf(optimiserOf(run.config[phase]).initial(parameters)));
    const optimiser = readTensors(join(folder, CHECKPOINT.optimiser), moments);
    const reference =
      phase === 'train' ? readTensors(join(folder, CHECKPOINT.reference), shapesOf(parameters)) : parameters;
    const { reference: own, ...always } = CHECKPOINT;
    checkFiles(folder, state, [...Object.values(always), ...(phase === 'train' ? [own] : [])]);
    return { phase, step, updates, parameters, optimiser, reference };
  });
}
