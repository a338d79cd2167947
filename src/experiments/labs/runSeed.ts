// Runs one seed of a lab as a job: stopped between its yields, written when it has ended.
import type { Options } from '../../base/options.ts';
import { Interrupted } from '../../host/interrupt.ts';
import { type Lab, type LabSeed, labNamed, labs } from '../../labs/index.ts';
import type { JobHooks } from '../jobs/messages.ts';
import type { PooledJob } from '../jobs/pool.ts';
import { hasSeed, readSeed, writeSeed } from './seedFile.ts';

/** A seed to run, as plain data. */
export interface SeedTask {
  readonly lab: string;
  readonly options: Options;
  readonly seed: number;
  /** The folder of the lab. */
  readonly dir: string;
  /** The sha256 of the settings of the lab. */
  readonly settings: string;
  /** Whether a seed that is there is kept. */
  readonly keep: boolean;
}

/** A seed to run, with its place among the others. */
export interface SeedJob extends PooledJob {
  readonly task: SeedTask;
}

async function measured(
  lab: Lab,
  { options, seed }: SeedTask,
  { onProgress, stop }: JobHooks,
): Promise<LabSeed> {
  const steps = lab.measure(options, seed);
  for (;;) {
    const { done, value } = await steps.next();
    if (done === true) return value;
    onProgress(value.share, value.label);
    if (stop()) throw new Interrupted();
  }
}

/**
 * Runs a seed of a lab, unless it is there and kept.
 * @throws InputError if it is there and damaged; Interrupted before anything of it is written
 */
export async function runSeed(lab: Lab, task: SeedTask, hooks: JobHooks): Promise<void> {
  const { dir, seed, settings, keep } = task;
  if (keep && hasSeed(dir, seed)) {
    hooks.onBegin(1);
    return void readSeed(dir, seed, settings);
  }
  hooks.onBegin(0);
  const began = performance.now();
  const found = await measured(lab, task, hooks);
  await writeSeed(dir, { seed, seconds: (performance.now() - began) / 1000, ...found }, settings);
}

/** Runs the seed of a job, of a lab that is listed. */
export function runSeedJob({ task }: SeedJob, hooks: JobHooks): Promise<void> {
  return runSeed(labNamed(labs, task.lab), task, hooks);
}
