// config.json of a run: what it began with, and what of that is still as it was.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { showText, showValue } from '../../base/show.ts';
import { type RunConfigFile, runConfigSchema } from '../../documents/run.ts';
import { fromFolder, toFolder } from '../../host/configPaths.ts';
import { loadModules, moduleHashes } from '../../host/loadModule.ts';
import { prepareOutput } from '../../host/output.ts';
import { readDocument } from '../../host/readDocument.ts';
import { fileHash, readText } from '../../host/readFile.ts';
import { kernelsInfo } from '../../kernels/info.ts';
import { getTask, type Task } from '../../tasks/index.ts';
import { currentKernels } from '../../tensor/backend.ts';
import { configEntries, configValue, parseConfig, type TrainingConfig } from '../../training/index.ts';
import { entriesOf, hashOf } from '../identity.ts';
import { checkSeal } from '../sealed.ts';

/** What a run is told. */
export interface RunConfig {
  readonly preset: string | null;
  readonly seed: number;
  readonly config: TrainingConfig;
}

/** A run that has begun. */
export interface BegunRun extends RunConfig {
  /** What ties its files to its configuration; runs of version 0.2.0 have none. */
  readonly sha256?: string;
  /** As config.json has it. */
  readonly file: RunConfigFile;
}

/** The task of a configuration. @throws InputError for a bad file */
export function taskOf({ task }: TrainingConfig): Task {
  const { name, file, options } = task;
  return getTask(name).create(
    options,
    file === undefined ? undefined : { text: readText(file), source: showText(file) },
  );
}

const CONFIG = 'config.json';

/** When checkpoints are written; no result depends on it. */
const CHECKPOINT_TIMES = ['run.checkpointEvery', 'run.checkpointMinutes', 'run.keepEvery'] as const;

/** Entries of a configuration that a run may be gone on with although they have changed. */
export const CHANGEABLE: readonly string[] = ['base.steps', 'train.steps', ...CHECKPOINT_TIMES];

/** What the hash leaves out; the hash itself. */
const NOT_HASHED = ['sha256', ...CHANGEABLE.map((key) => `config.${key}`)];

/** Whether a folder has a run. */
export function hasRun(dir: string): boolean {
  return existsSync(join(dir, CONFIG));
}

/** Runs from before it was noted began on WASM. @throws InputError if a run began on other kernels than those in use */
export function checkSameBackend(dir: string, { file: { kernels } }: BegunRun): void {
  const began = kernels?.backend ?? 'wasm';
  const now = currentKernels().backend;
  if (began === now) return;
  throw new InputError(
    `${showText(dir)}: the run began with --backend ${began}, expected the same, found ${now}`,
  );
}

/** What is to be said where a run goes on with another build of the kernels; undefined where it is the same. */
export function otherBuild({ file: { kernels } }: BegunRun): string | undefined {
  const { build } = currentKernels();
  if (kernels === undefined || kernels.build === build) return undefined;
  return `the run began with the ${kernels.build} build of the kernels and goes on with the ${build} build: last bits will differ`;
}

/**
 * The configuration of the run in a folder, with the modules loaded that it names.
 * @throws InputError if there is none, it was edited, or a module is not what it was
 */
export async function readRunConfig(dir: string): Promise<BegunRun> {
  const path = join(dir, CONFIG);
  if (!hasRun(dir)) throw new InputError(`${showText(dir)}: expected a run folder, found no ${CONFIG}`);
  const { value: file, written } = readDocument(path, runConfigSchema);
  const { preset, seed, moduleSha256 = {}, sha256 } = file;
  checkSeal(path, written, 'what the run began with', NOT_HASHED);
  const before = new Map(Object.entries(moduleSha256));
  // Version 0.2.0, which wrote no sha256, left modules relative to the folder that it was called in.
  const modules = sha256 === undefined ? '.' : dir;
  for (const [module, hash] of Object.entries(moduleHashes(file.config, modules))) {
    if (before.get(module) !== hash) throw changedFile(dir, module, before.get(module));
  }
  const value = fromFolder(file.config, dir, modules);
  await loadModules(value);
  const config = parseConfig(value, showText(path));
  return { preset, seed, config, file, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** A configuration from a file, and the seed if the file has one. */
export interface ConfigOfFile {
  readonly config: unknown;
  readonly seed?: number;
}

/**
 * The configuration in a value from a file: the value itself, or the one inside if the file is the config.json of a run.
 * @param source the name of the file in messages
 * @throws InputError if it is that of a run and its seed is none
 */
export function configOfFile(value: unknown, source: string): ConfigOfFile {
  if (typeof value !== 'object' || value === null || !('config' in value && 'seed' in value)) {
    return { config: value };
  }
  const { config, seed } = value;
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return { config, seed };
  throw new InputError(`${source}: seed: expected an integer of at least 0, found ${showValue(seed)}`);
}

/** Other questions make another run, and maybe other tokens. @throws InputError if the task's file is not what it was */
export function checkTaskFile(dir: string, { config: { task }, file: { taskSha256 } }: BegunRun): void {
  if (task.file === undefined || fileHash(task.file) === taskSha256) return;
  throw changedFile(dir, task.file, taskSha256);
}

function changedFile(dir: string, file: string, sha256: unknown): InputError {
  return new InputError(
    `${showText(file)}: expected the file that the run in ${showText(dir)} began with (sha256 ${sha256}), found a changed one`,
  );
}

/** Notes in a folder what a run begins with. */
export async function writeRunConfig(dir: string, { preset, seed, config }: RunConfig): Promise<BegunRun> {
  const { file: task } = config.task;
  const value = toFolder(configValue(config), dir);
  const modules = moduleHashes(value, dir);
  const file = {
    preset,
    seed,
    kernels: kernelsInfo(currentKernels()),
    ...(task === undefined ? {} : { taskSha256: fileHash(task) }),
    ...(Object.keys(modules).length === 0 ? {} : { moduleSha256: modules }),
  };
  // As it will be read.
  const written = JSON.parse(JSON.stringify({ ...file, config: value })) as Omit<RunConfigFile, 'sha256'>;
  const sha256 = hashOf(entriesOf(written), NOT_HASHED);
  await write(dir, { ...file, sha256, config: written.config });
  return { preset, seed, config, sha256, file: { ...written, sha256 } };
}

/** What is to be said where checkpoints are written at other times than before; undefined where they are not. */
export function otherCheckpoints(before: TrainingConfig, config: TrainingConfig): string | undefined {
  const [there, here] = [configEntries(before), configEntries(config)];
  const changed = CHECKPOINT_TIMES.filter((key) => there.get(key) !== here.get(key));
  if (changed.length === 0) return undefined;
  const said = changed.map((key) => `${key} was ${there.get(key)} and is ${here.get(key)}`).join(', ');
  return `${said} from here on, which changes no result`;
}

/** Notes the entries of a run that are not those it began with, and may be others. */
export async function writeChanges(dir: string, run: BegunRun, config: TrainingConfig): Promise<BegunRun> {
  const { base, train, run: loop, ...rest } = run.file.config;
  const { checkpointEvery, checkpointMinutes, keepEvery } = config.run;
  const file: RunConfigFile = {
    ...run.file,
    config: {
      ...rest,
      run: { ...loop, checkpointEvery, checkpointMinutes, keepEvery },
      base: { ...base, steps: config.base.loop.steps },
      train: { ...train, steps: config.train.loop.steps },
    },
  };
  await write(dir, file);
  return { ...run, config, file };
}

async function write(dir: string, file: RunConfigFile): Promise<void> {
  await prepareOutput(join(dir, CONFIG)).write(jsonChunks(file));
}

/** @throws InputError unless a run begins as the other one did: seed, task, model, attempts, micro-batches, splits and base */
export function checkSameBase(from: string, one: RunConfig, other: RunConfig): void {
  const beginning = ({ seed, config: { task, model, run, base } }: RunConfig): object => ({
    seed,
    task,
    model,
    attempts: run.attempts,
    microBatch: run.microBatch,
    splitEvery: run.splitEvery,
    base,
  });
  const [expected, found] = [beginning(one), beginning(other)] as Record<string, unknown>[];
  const differing = Object.keys(expected!).filter((key) => !isDeepStrictEqual(expected![key], found![key]));
  if (differing.length === 0) return;
  throw new InputError(
    `${showText(from)}: expected a run that begins as this one does, found another ${differing.join(', ')}`,
  );
}
