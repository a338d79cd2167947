// The steps of a run, one after the other: metrics after each, checkpoints from time to time, and the end when it is asked for.
import { setImmediate } from 'node:timers/promises';
import type { MetricsLine } from '../documents/train.ts';
import { Interrupted, interruptible } from '../host/interrupt.ts';
import type { TimedKernels } from '../kernels/index.ts';
import {
  disposeState,
  stepsDone,
  type Trainer,
  type TrainingState,
  totalSteps,
  trainStep,
} from '../training/index.ts';
import { saveCheckpoint } from './run/checkpoints.ts';
import type { BegunRun } from './run/config.ts';
import { appendMetrics } from './run/metrics.ts';
import { isLogged, writeRollouts } from './run/rollouts.ts';

/** How a run is watched and stopped. */
export interface TrainHooks {
  /** The largest number of steps of the whole run; all if left out. */
  readonly steps?: number;
  /** Called with what is worth knowing before the first step. */
  readonly onNote?: (text: string) => void;
  /** Called after every step. */
  readonly onStep: (line: MetricsLine, total: number) => void;
  /** Asked after every step; if true, the state is saved and Interrupted is thrown. */
  readonly stop: () => boolean;
  /** The rollouts of every so many steps are written; those of none if left out. */
  readonly logRollouts?: number;
  /** The kernels in use, if they are to be profiled. */
  readonly timed?: TimedKernels;
}

/** A step that takes longer than this, in milliseconds, is stopped by Ctrl-C in its middle. */
const LONG = 500;

/**
 * Takes steps until the run has all of them. Signals are seen between two steps; Ctrl-C also stops a long one, after which the state before
 * it is saved. `interruptible` is not used around every step, because while it begins and ends a signal would end the process at once.
 * @returns the state after the last step, which is not saved yet
 * @throws Interrupted once the state is saved, saying where; Diverged
 */
export async function takeSteps(
  dir: string,
  run: BegunRun,
  trainer: Trainer,
  start: TrainingState,
  { steps = Number.POSITIVE_INFINITY, logRollouts, onStep, stop }: TrainHooks,
): Promise<TrainingState> {
  const { config } = trainer;
  const { checkpointEvery, checkpointMinutes, keepEvery } = config.run;
  const total = Math.min(totalSteps(config), steps);
  const endOfBase = config.base.loop.steps;
  const between = checkpointMinutes === 0 ? Number.POSITIVE_INFINITY : checkpointMinutes * 60_000;
  let saved = performance.now();
  let state = start;
  const save = (): string => {
    const folder = saveCheckpoint(dir, run, trainer, state);
    saved = performance.now();
    return folder;
  };
  const interrupted = (): Interrupted =>
    new Interrupted(`step ${stepsDone(trainer, state)} of ${total} is saved in ${save()}`);
  // Nobody knows how long the first step takes.
  let isLong = true;
  while (stepsDone(trainer, state) < total) {
    const began = performance.now();
    const next = step(trainer, state, isLong);
    if (next === undefined) throw interrupted();
    const took = performance.now() - began;
    const { phase } = next.metrics;
    const logged = { phase, step: next.metrics.step, parameters: state.parameters, material: next.material };
    if (isLogged(trainer, logged, logRollouts)) writeRollouts(dir, trainer, logged);
    disposeState(state, next.state);
    state = next.state;
    isLong = took > LONG;
    const { tokens, ...metrics } = next.metrics;
    const line = { ...metrics, tokensPerSecond: (1000 * tokens) / took };
    appendMetrics(dir, line);
    onStep(line, total);
    // Signals are seen between steps.
    await setImmediate();
    if (stop()) throw interrupted();
    const done = stepsDone(trainer, state);
    const isDue = done % checkpointEvery === 0 || performance.now() - saved >= between;
    if (isDue || done === endOfBase || (keepEvery > 0 && done % keepEvery === 0)) save();
  }
  return state;
}

/** Takes a step, unless Ctrl-C stops it. */
function step(
  trainer: Trainer,
  state: TrainingState,
  isLong: boolean,
): ReturnType<typeof trainStep> | undefined {
  if (!isLong) return trainStep(trainer, state);
  try {
    return interruptible(() => trainStep(trainer, state));
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}
