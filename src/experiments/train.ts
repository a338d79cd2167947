// `train`: a training run in a folder, begun at the beginning or with another run's base, or gone on with.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { profileOf } from '../analyses/profile.ts';
import { scope } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { jsonChunks } from '../base/json.ts';
import { showText } from '../base/show.ts';
import type { TrainDocument } from '../documents/train.ts';
import { inLockedFolder } from '../host/folderLock.ts';
import { prepareOutput } from '../host/output.ts';
import { kernelsInfo } from '../kernels/info.ts';
import { currentKernels } from '../tensor/backend.ts';
import {
  createTrainer,
  initialState,
  stepsDone,
  type Trainer,
  type TrainingState,
} from '../training/index.ts';
import { readState } from './run/checkpointFiles.ts';
import {
  checkpointOf,
  copyCheckpoint,
  lastCheckpoint,
  removeTemporaryCheckpoints,
  saveCheckpoint,
  weightsHash,
} from './run/checkpoints.ts';
import {
  type BegunRun,
  checkSameBackend,
  checkSameBase,
  checkTaskFile,
  hasRun,
  otherBuild,
  otherCheckpoints,
  type RunConfig,
  readRunConfig,
  writeRunConfig,
} from './run/config.ts';
import { loadCheckpoint } from './run/loadCheckpoint.ts';
import { trainableTask } from './run/memory.ts';
import { keepMetricsUpTo, writeMetricsCsv } from './run/metrics.ts';
import { checkEnd, END_OF_RUN } from './run/ownFiles.ts';
import { keepRolloutsUpTo } from './run/rollouts.ts';
import { checkLengths, checkSameRun, withChanges } from './run/sameRun.ts';
import { type TrainHooks, takeSteps } from './takeSteps.ts';

const PROFILE = 'profile.json';

/** What is trained, and from where. */
export interface TrainOrder {
  /** That of the folder itself, if the run there is gone on with as it is. */
  readonly run: RunConfig;
  /** The folder of another run: from the end of its base phase a new run begins. */
  readonly from?: string;
  /** Whether a run that is in the folder is gone on with. */
  readonly resume: boolean;
}

/**
 * Trains in a folder. Where there is no run, one is begun: at the beginning, or with the end of the base phase of another run, which gives
 * the bits of a run that did the base itself. Where there is one, it is gone on with from its last checkpoint, if that was asked for and
 * it is the same one. The same run may have other numbers of steps than when it began, as far as these steps are not done yet: what a step
 * does depends on its number and on nothing after it, so the bits are those of a run that had these numbers from the beginning. It may
 * also write its checkpoints at other times.
 * @throws InputError if there is a run and it is not to be gone on with, or is another one; or if
 * anything in the configuration or in a file does not fit, before the folder is made; Interrupted; Diverged
 */
export async function train(
  dir: string,
  { run: given, from, resume }: TrainOrder,
  hooks: TrainHooks,
): Promise<TrainDocument> {
  // What is wrong with a configuration, a task or a file, and memory that is missing, is said before anything is written.
  const trainer = createTrainer(given.config, given.seed, trainableTask(given.config));
  const base = from === undefined || hasRun(dir) ? undefined : await baseOf(from, given, trainer);
  return inLockedFolder(dir, async () => {
    checkEnd(dir, hooks.timed === undefined ? END_OF_RUN : [...END_OF_RUN, PROFILE]);
    if (!hasRun(dir)) {
      checkFree(dir);
      const run = await writeRunConfig(dir, given);
      if (base !== undefined) copyCheckpoint(base, dir, run, given.config.base.loop.steps);
      return loop(dir, run, trainer, hooks);
    }
    if (!resume) {
      throw new InputError(`${showText(dir)}: there is a run already; --resume continues it`);
    }
    const run = await readRunConfig(dir);
    checkTaskFile(dir, run);
    checkSameBackend(dir, run);
    checkSameRun(dir, run, given);
    for (const said of [otherBuild(run), otherCheckpoints(run.config, given.config)]) {
      if (said !== undefined) hooks.onNote?.(said);
    }
    // A run that ended before it had the base of the other one takes it now.
    if (from !== undefined && lastCheckpoint(dir) === undefined) {
      copyCheckpoint(await baseOf(from, given, trainer), dir, run, given.config.base.loop.steps);
    }
    return loop(dir, run, trainer, hooks);
  });
}

/**
 * The checkpoint of the end of the base phase of another run.
 * @throws InputError if that run did not begin in the same way, has not come that far, or is damaged
 */
async function baseOf(from: string, run: RunConfig, trainer: Trainer): Promise<string> {
  const other = await readRunConfig(from);
  checkSameBase(from, run, other);
  const folder = checkpointOf(from, run.config.base.loop.steps);
  scope(() => void loadCheckpoint(folder, other, trainer));
  return folder;
}

/**
 * The last state of a run, or the one before its first step.
 * @param run as it is in the folder
 * @throws InputError if it has taken steps that the trainer's configuration does not have; the damage of a file
 */
function stateOf(dir: string, run: BegunRun, trainer: Trainer): TrainingState {
  const folder = lastCheckpoint(dir);
  if (folder === undefined) return initialState(trainer);
  const state = loadCheckpoint(folder, run, trainer);
  checkLengths(dir, run.config, trainer.config, state);
  return state;
}

/** @throws InputError if a folder without a run has an experiment, or checkpoints of a run whose configuration is lost */
function checkFree(dir: string): void {
  if (lastCheckpoint(dir) !== undefined) {
    throw new InputError(`${showText(dir)}: expected no checkpoints, as there is no config.json, found some`);
  }
  if (existsSync(join(dir, 'settings.json'))) {
    throw new InputError(`${showText(dir)}: expected the folder of a run, found that of an experiment`);
  }
}

/** The run from its last checkpoint to its end, and what is said of it then. */
async function loop(
  dir: string,
  before: BegunRun,
  trainer: Trainer,
  hooks: TrainHooks,
): Promise<TrainDocument> {
  const began = performance.now();
  removeTemporaryCheckpoints(dir);
  const start = stateOf(dir, before, trainer);
  const taken = stepsDone(trainer, start);
  if (hooks.steps !== undefined && hooks.steps < taken) {
    throw new InputError(
      `${showText(dir)}: --steps: expected at least ${taken}, as the run has taken that many, found ${hooks.steps}`,
    );
  }
  const folder = lastCheckpoint(dir);
  const lines = folder === undefined ? undefined : readState(folder).metrics;
  keepRolloutsUpTo(dir, taken);
  const said = await keepMetricsUpTo(dir, taken, lines);
  if (said !== undefined) hooks.onNote?.(said);
  const run = await withChanges(dir, before, trainer.config);
  const { preset, seed } = run;
  const loopBegan = performance.now();
  hooks.timed?.restart();
  const state = await takeSteps(dir, run, trainer, start, hooks);
  const checkpoint = saveCheckpoint(dir, run, trainer, state);
  const profile = hooks.timed && profileOf(hooks.timed.usage(), (performance.now() - loopBegan) / 1000);
  if (profile !== undefined) await prepareOutput(join(dir, PROFILE)).write(jsonChunks(profile));
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
