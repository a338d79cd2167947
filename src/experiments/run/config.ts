// config.json of a run: what it began with, and whether it may be resumed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showText, showValue } from '../../base/show.ts';
import type { KernelsInfo } from '../../documents/kernels.ts';
import { fromFolder, toFolder } from '../../host/configPaths.ts';
import { loadModules, moduleHashes } from '../../host/loadModule.ts';
import { prepareOutput } from '../../host/output.ts';
import { fileHash, readText } from '../../host/readFile.ts';
import { kernelsInfo } from '../../kernels/info.ts';
import { getTask, type Task } from '../../tasks/index.ts';
import { currentKernels } from '../../tensor/backend.ts';
import { configValue, parseConfig, type TrainingConfig } from '../../training/index.ts';

/** What config.json of a run says. */
export interface RunConfig {
  readonly preset: string | null;
  readonly seed: number;
  readonly config: TrainingConfig;
  /** Of the task's file when the run began, if the task has one. */
  readonly taskSha256?: string;
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

/** Runs from before it was noted began on WASM. @throws InputError if a run began on other kernels than those in use */
export function checkSameBackend(dir: string): void {
  const { kernels } = readConfig(dir).value;
  const began = (kernels as Partial<KernelsInfo> | undefined)?.backend ?? 'wasm';
  const now = currentKernels().backend;
  if (began === now) return;
  throw new InputError(
    `${showText(dir)}: the run began with --backend ${began}, expected the same, found ${now}`,
  );
}

/**
 * The configuration of the run in a folder, with the modules loaded that it names.
 * @throws InputError if there is none, or a module is not what it was
 */
export async function readRunConfig(dir: string): Promise<RunConfig> {
  const { value, path } = readConfig(dir);
  const { seed, taskSha256, moduleSha256 } = value;
  const now = moduleHashes(value.config);
  const before = new Map(typeof moduleSha256 === 'object' ? Object.entries(moduleSha256 ?? {}) : []);
  for (const [module, hash] of Object.entries(now)) {
    if (before.get(module) !== hash) throw changedFile(dir, module, before.get(module));
  }
  await loadModules(value.config);
  const preset = typeof value.preset === 'string' ? value.preset : null;
  const run = { preset, seed: seed as number, config: parseConfig(value.config, showText(path)) };
  return typeof taskSha256 === 'string' ? { ...run, taskSha256 } : run;
}

function readConfig(dir: string): { readonly value: Record<string, unknown>; readonly path: string } {
  const path = join(dir, CONFIG);
  if (!existsSync(path)) throw new InputError(`${showText(dir)}: expected a run folder, found no ${CONFIG}`);
  const value = parseJson(readText(path), showText(path)) as Record<string, unknown> | null;
  if (!Number.isSafeInteger(value?.seed))
    throw new InputError(`${showText(path)}: expected the config of a run`);
  return { value: { ...value, config: fromFolder(value!.config, dir) }, path };
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
export function checkTaskFile(dir: string, { config: { task }, taskSha256 }: RunConfig): void {
  if (task.file === undefined || fileHash(task.file) === taskSha256) return;
  throw changedFile(dir, task.file, taskSha256);
}

function changedFile(dir: string, file: string, sha256: unknown): InputError {
  return new InputError(
    `${showText(file)}: expected the file that the run in ${showText(dir)} began with (sha256 ${sha256}), found a changed one`,
  );
}

/** Notes in a folder what a run begins with. @throws InputError if a run is there already */
export async function writeRunConfig(dir: string, { preset, seed, config }: RunConfig): Promise<void> {
  if (existsSync(join(dir, CONFIG))) {
    throw new InputError(`${showText(dir)}: there is a run already; --resume continues it`);
  }
  const kernels = kernelsInfo(currentKernels());
  const { file } = config.task;
  const value = configValue(config);
  const modules = moduleHashes(value);
  const hashes = {
    ...(file === undefined ? {} : { taskSha256: fileHash(file) }),
    ...(Object.keys(modules).length === 0 ? {} : { moduleSha256: modules }),
  };
  await prepareOutput(join(dir, CONFIG)).write(
    jsonChunks({ preset, seed, kernels, ...hashes, config: toFolder(value, dir) }),
  );
}

/** @throws InputError unless a run begins as the other one did: seed, task, model, attempts, micro-batches and base */
export function checkSameBase(from: string, one: RunConfig, other: RunConfig): void {
  const beginning = ({ seed, config: { task, model, run, base } }: RunConfig): object => ({
    seed,
    task,
    model,
    attempts: run.attempts,
    microBatch: run.microBatch,
    base,
  });
  const [expected, found] = [beginning(one), beginning(other)] as Record<string, unknown>[];
  const differing = Object.keys(expected!).filter((key) => !isDeepStrictEqual(expected![key], found![key]));
  if (differing.length === 0) return;
  throw new InputError(
    `${showText(from)}: expected a run that begins as this one does, found another ${differing.join(', ')}`,
  );
}
