// `train`: the loop of a training run, started anew, started from another run's base, or resumed.
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { profileOf } from '../analyses/profile.ts';
import { jsonChunks } from '../base/json.ts';
import type { MetricsLine, TrainDocument } from '../documents/train.ts';
import { inLockedFolder } from '../host/folderLock.ts';
import { Interrupted } from '../host/interrupt.ts';
import { prepareOutput } from '../host/output.ts';
import type { TimedKernels } from '../kernels/index.ts';
import { kernelsInfo } from '../kernels/info.ts';
import { currentKernels } from '../tensor/backend.ts';
import {
  createTrainer,
  disposeState,
  initialState,
  stepsDone,
  type Trainer,
  type TrainingState,
  totalSteps,
  trainStep,
} from '../training/index.ts';
import {
  copyCheckpoint,
  lastCheckpoint,
  loadCheckpoint,
  removeTemporaryCheckpoints,
  saveCheckpoint,
  weightsHash,
} from './run/checkpoints.ts';
import {
  checkSameBackend,
  checkSameBase,
  checkTaskFile,
  type RunConfig,
  readRunConfig,
  writeRunConfig,
} from './run/config.ts';
import { trainableTask } from './run/memory.ts';
import { appendMetrics, keepMetricsUpTo, writeMetricsCsv } from './run/metrics.ts';

/** How a run is watched and stopped. */
export interface TrainHooks {
  /** The largest number of steps of the whole run; all if left out. */
  readonly steps?: number;
  /** Called after every step. */
  readonly onStep: (line: MetricsLine, total: number) => void;
  /** Asked after every step; if true, the state is saved and Interrupted is thrown. */
  readonly stop: () => boolean;
  /** The kernels in use, if they are to be profiled. */
  readonly timed?: TimedKernels;
}

/** Makes the folder of a run, and lets `body` work there alone. */
async function inNewRun<T>(dir: string, run: RunConfig, body: () => Promise<T>): Promise<T> {
  // Anything wrong with the task, and memory that is missing, is reported before a folder is made.
  trainableTask(run.config);
  return inLockedFolder(dir, async () => {
    await writeRunConfig(dir, run);
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

/**
 * Trains in a new folder from the end of the base phase of another run: with the bits of a run that did the base itself, which is
 * also what happens if the copy is cut and the run is resumed.
 * @throws InputError if a run is there already, or the other one did not begin in the same way or has not come that far; Interrupted; Diverged
 */
export async function trainFrom(
  dir: string,
  run: RunConfig,
  from: string,
  hooks: TrainHooks,
): Promise<TrainDocument> {
  checkSameBase(from, run, await readRunConfig(from));
  return inNewRun(dir, run, () => {
    copyCheckpoint(from, dir, run.config.base.loop.steps);
    return loop(dir, run, hooks);
  });
}

/**
 * Resumes the run in a folder from its last checkpoint, or from the beginning if it has none.
 * @throws InputError if there is no run, its task's file has changed, or it began on another backend; Interrupted; Diverged
 */
export async function resume(dir: string, hooks: TrainHooks): Promise<TrainDocument> {
  const run = await readRunConfig(dir);
  checkTaskFile(dir, run);
  checkSameBackend(dir);
  return inLockedFolder(dir, () => loop(dir, run, hooks));
}

/** The run from its last checkpoint to its end, and what is said of it then. */
async function loop(
  dir: string,
  { preset, seed, config }: RunConfig,
  hooks: TrainHooks,
): Promise<TrainDocument> {
  const began = performance.now();
  const trainer = createTrainer(config, seed, trainableTask(config));
  removeTemporaryCheckpoints(dir);
  const from = lastCheckpoint(dir);
  const start = from === undefined ? initialState(trainer) : loadCheckpoint(from);
  await keepMetricsUpTo(dir, stepsDone(trainer, start));
  const loopBegan = performance.now();
  hooks.timed?.restart();
  const state = await takeSteps(dir, trainer, start, hooks);
  const checkpoint = saveCheckpoint(dir, trainer, state);
  const profile = hooks.timed && profileOf(hooks.timed.usage(), (performance.now() - loopBegan) / 1000);
  if (profile !== undefined) await prepareOutput(join(dir, 'profile.json')).write(jsonChunks(profile));
  const last = (await writeMetricsCsv(dir)) ?? null;
  return {
    schema: 'gradsplit/train@1',
    dir,
    preset,
    seed,
    steps: stepsDone(trainer, state),
    checkpoint,
    sha256: weightsHash(checkpoint),
    last,
    seconds: (performance.now() - began) / 1000,
    kernels: kernelsInfo(currentKernels()),
    ...(profile === undefined ? {} : { profile }),
  };
}

/**
 * Step after step, each with its line of metrics; checkpoints every so many steps, at the end of `base`, and when asked to stop.
 * @returns the state after the last step, which is not saved yet
 */
async function takeSteps(
  dir: string,
  trainer: Trainer,
  start: TrainingState,
  { steps = Number.POSITIVE_INFINITY, onStep, stop }: TrainHooks,
): Promise<TrainingState> {
  const { config } = trainer;
  const total = Math.min(totalSteps(config), steps);
  const every = config.run.checkpointEvery;
  const endOfBase = config.base.loop.steps;
  let state = start;
  while (stepsDone(trainer, state) < total) {
    const began = performance.now();
    const next = trainStep(trainer, state);
    disposeState(state, next.state);
    state = next.state;
    const { tokens, ...metrics } = next.metrics;
    const line = { ...metrics, tokensPerSecond: (1000 * tokens) / (performance.now() - began) };
    appendMetrics(dir, line);
    onStep(line, total);
    // Signals are seen between steps.
    await setImmediate();
    const done = stepsDone(trainer, state);
    const stopped = stop();
    if (stopped || done % every === 0 || done === endOfBase) saveCheckpoint(dir, trainer, state);
    if (stopped) throw new Interrupted('interrupted');
  }
  return state;
}
