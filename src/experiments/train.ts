// A training run in a folder: config.json, metrics, checkpoints; begun anew or gone on with.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Profile, profileOf } from '../analyses/profile.ts';
import { InputError } from '../base/errors.ts';
import { jsonChunks } from '../base/json.ts';
import { parseJson } from '../base/jsonText.ts';
import { showText } from '../base/show.ts';
import { fileHash } from '../host/fileHash.ts';
import { Interrupted } from '../host/interrupt.ts';
import { appendMetrics, keepMetricsUpTo, type MetricsLine, writeMetricsCsv } from '../host/metricsFile.ts';
import { prepareOutput } from '../host/output.ts';
import { readText } from '../host/readText.ts';
import { inLockedFolder } from '../host/runLock.ts';
import {
  copyCheckpoint,
  lastCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
  weightsHash,
} from '../host/trainingCheckpoint.ts';
import type { TimedKernels } from '../kernels/index.ts';
import { type KernelsInfo, kernelsInfo } from '../kernels/info.ts';
import { arithmeticTasks, jsonl, type Task } from '../tasks/index.ts';
import { currentKernels } from '../tensor/backend.ts';
import {
  configValue,
  createTrainer,
  disposeState,
  initialState,
  parseConfig,
  stepsDone,
  type TrainingConfig,
  type TrainingState,
  totalSteps,
  trainStep,
} from '../training/index.ts';

/** What config.json of a run says. */
export interface RunConfig {
  readonly preset: string | null;
  readonly seed: number;
  readonly config: TrainingConfig;
  /** Of the task's file when the run began, if the task has one. */
  readonly taskSha256?: string;
}

/** How a run is watched and stopped. */
export interface TrainHooks {
  /** The most steps of the whole run; all if left out. */
  readonly steps?: number;
  /** Called after every step. */
  readonly onStep: (line: MetricsLine, total: number) => void;
  /** Asked after every step; if true, the state is saved and Interrupted is thrown. */
  readonly stop: () => boolean;
  /** The kernels in use, if they are to be profiled. */
  readonly timed?: TimedKernels;
}

/** A gradsplit/train@1 document. */
export interface TrainDocument {
  readonly schema: 'gradsplit/train@1';
  readonly dir: string;
  readonly preset: string | null;
  readonly seed: number;
  readonly steps: number;
  readonly checkpoint: string;
  readonly sha256: string;
  readonly last: MetricsLine | null;
  readonly seconds: number;
  readonly kernels: KernelsInfo;
  /** If it was asked for. */
  readonly profile?: Profile;
}

/** The task of a configuration. @throws InputError for a bad file */
export function taskOf({ task }: TrainingConfig): Task {
  if (task.name !== 'jsonl') return arithmeticTasks[task.name](task.options);
  return jsonl(readText(task.file!), showText(task.file!), task.options);
}

const CONFIG = 'config.json';

/** Runs from before it was noted began on WASM. @throws InputError if a run began on other kernels than those in use */
function checkBackend(dir: string): void {
  const { kernels } = readConfig(dir).value;
  const began = (kernels as Partial<KernelsInfo> | undefined)?.backend ?? 'wasm';
  const now = currentKernels().backend;
  if (began === now) return;
  throw new InputError(
    `${showText(dir)}: the run began with --backend ${began}, expected the same, found ${now}`,
  );
}

/** The configuration of the run in a folder. @throws InputError if there is none */
export function readRun(dir: string): RunConfig {
  const { value, path } = readConfig(dir);
  const { seed, taskSha256 } = value;
  const preset = typeof value.preset === 'string' ? value.preset : null;
  const run = { preset, seed: seed as number, config: parseConfig(value.config, showText(path)) };
  return typeof taskSha256 === 'string' ? { ...run, taskSha256 } : run;
}

function readConfig(dir: string): { readonly value: Record<string, unknown>; readonly path: string } {
  const path = join(dir, CONFIG);
  if (!existsSync(path))
    throw new InputError(`${showText(dir)}: expected the folder of a run, found no ${CONFIG}`);
  const value = parseJson(readText(path), showText(path)) as Record<string, unknown> | null;
  if (!Number.isSafeInteger(value?.seed))
    throw new InputError(`${showText(path)}: expected the config of a run`);
  return { value: value!, path };
}

/** Other questions make another run, and maybe other tokens. @throws InputError if the task's file is not what it was */
export function checkTaskFile(dir: string, { config: { task }, taskSha256 }: RunConfig): void {
  if (task.file === undefined || fileHash(task.file) === taskSha256) return;
  throw new InputError(
    `${showText(task.file)}: expected the file that the run in ${showText(dir)} began with (sha256 ${taskSha256}), found a changed one`,
  );
}

/** Makes the folder of a run, and lets `body` work there alone. */
async function inNewRun<T>(dir: string, run: RunConfig, body: () => Promise<T>): Promise<T> {
  // Whatever is wrong with the task is said before a folder is made.
  taskOf(run.config);
  return inLockedFolder(dir, async () => {
    if (existsSync(join(dir, CONFIG))) {
      throw new InputError(`${showText(dir)}: a run is there already; --resume goes on with it`);
    }
    const { preset, seed, config } = run;
    const kernels = kernelsInfo(currentKernels());
    const { file } = config.task;
    const hash = file === undefined ? {} : { taskSha256: fileHash(file) };
    await prepareOutput(join(dir, CONFIG)).write(
      jsonChunks({ preset, seed, kernels, ...hash, config: configValue(config) }),
    );
    return body();
  });
}

/**
 * Trains in a new folder.
 * @throws InputError if a run is there already; Interrupted; Diverged
 */
export function train(dir: string, run: RunConfig, hooks: TrainHooks): Promise<TrainDocument> {
  return inNewRun(dir, run, () => loop(dir, run, hooks));
}

/** @throws InputError unless a run begins as the other one did: seed, task, model, attempts and base */
function checkSameBase(from: string, one: RunConfig, other: RunConfig): void {
  const beginning = ({ seed, config: { task, model, run, base } }: RunConfig): object => ({
    seed,
    task,
    model,
    attempts: run.attempts,
    base,
  });
  const [expected, found] = [beginning(one), beginning(other)] as Record<string, unknown>[];
  const differing = Object.keys(expected!).filter((key) => !isDeepStrictEqual(expected![key], found![key]));
  if (differing.length === 0) return;
  throw new InputError(
    `${showText(from)}: expected a run that begins as this one does, found another ${differing.join(', ')}`,
  );
}

/**
 * Trains in a new folder from the end of the base phase of another run: with the bits of a run that did the base itself, which is
 * also what happens if the copy is cut and the run is resumed.
 * @throws InputError if a run is there already, or the other one did not begin in the same way or has not come that far; Interrupted; Diverged
 */
export function trainFrom(
  dir: string,
  run: RunConfig,
  from: string,
  hooks: TrainHooks,
): Promise<TrainDocument> {
  checkSameBase(from, run, readRun(from));
  return inNewRun(dir, run, () => {
    copyCheckpoint(from, dir, run.config.base.options.steps as number);
    return loop(dir, run, hooks);
  });
}

/**
 * Goes on with the run in a folder from its last checkpoint, or from the beginning if it has none.
 * @throws InputError if there is no run, its task's file has changed, or it began on another backend; Interrupted; Diverged
 */
export async function resume(dir: string, hooks: TrainHooks): Promise<TrainDocument> {
  const run = readRun(dir);
  checkTaskFile(dir, run);
  checkBackend(dir);
  return inLockedFolder(dir, () => loop(dir, run, hooks));
}

async function loop(
  dir: string,
  { preset, seed, config }: RunConfig,
  hooks: TrainHooks,
): Promise<TrainDocument> {
  const began = performance.now();
  const trainer = createTrainer(config, seed, taskOf(config));
  const total = Math.min(totalSteps(config), hooks.steps ?? Number.POSITIVE_INFINITY);
  const from = lastCheckpoint(dir);
  let state: TrainingState = from === undefined ? initialState(trainer) : loadCheckpoint(from);
  const done = (): number => stepsDone(trainer, state);
  await keepMetricsUpTo(dir, done());
  const every = config.run.checkpointEvery as number;
  const endOfBase = config.base.options.steps as number;
  const loopBegan = performance.now();
  hooks.timed?.restart();
  while (done() < total) {
    const start = performance.now();
    const next = trainStep(trainer, state);
    disposeState(state, next.state);
    state = next.state;
    const { tokens, ...metrics } = next.metrics;
    const line = { ...metrics, tokensPerSecond: (1000 * tokens) / (performance.now() - start) };
    appendMetrics(dir, line);
    hooks.onStep(line, total);
    // Signals are seen between steps.
    await setImmediate();
    const stopped = hooks.stop();
    if (!stopped && done() % every !== 0 && done() !== endOfBase) continue;
    saveCheckpoint(dir, trainer, state);
    if (stopped) throw new Interrupted('interrupted');
  }
  const checkpoint = saveCheckpoint(dir, trainer, state);
  const profile = hooks.timed && profileOf(hooks.timed.usage(), (performance.now() - loopBegan) / 1000);
  if (profile !== undefined) await prepareOutput(join(dir, 'profile.json')).write(jsonChunks(profile));
  const last = (await writeMetricsCsv(dir)) ?? null;
  return {
    schema: 'gradsplit/train@1',
    dir,
    preset,
    seed,
    steps: done(),
    checkpoint,
    sha256: weightsHash(checkpoint),
    last,
    seconds: (performance.now() - began) / 1000,
    kernels: kernelsInfo(currentKernels()),
    ...(profile === undefined ? {} : { profile }),
  };
}
