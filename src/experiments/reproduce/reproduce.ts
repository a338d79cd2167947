// `reproduce`: trains and measures all models of an experiment in a folder; started anew or resumed.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { reproduceDocument } from '../../analyses/reproduce/overSeeds.ts';
import { configsOf, type Plan } from '../../analyses/reproduce/plan.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { showText } from '../../base/show.ts';
import type { ReproduceDocument } from '../../documents/reproduce.ts';
import { builtFile } from '../../host/built.ts';
import { inLockedFolder } from '../../host/folderLock.ts';
import { prepareOutput } from '../../host/output.ts';
import { createTrainer } from '../../training/index.ts';
import { runJobs } from '../jobs/pool.ts';
import { hasRun, taskOf } from '../run/config.ts';
import { checkEnd, END_OF_EXPERIMENT, END_OF_RUN } from '../run/ownFiles.ts';
import { expectedSeconds } from './duration.ts';
import { readEvaluation } from './evaluationFile.ts';
import { jobsOf, seedFolder, seedsOf } from './jobs.ts';
import { checkExperimentMemory } from './memory.ts';
import {
  type BegunPlan,
  checkSamePlan,
  hasExperiment,
  readPlan,
  writeChanges,
  writePlan,
} from './settings.ts';

const RESULT_FILE = 'reproduce.json';

/** The file of the threads that do the jobs of an experiment. */
export const JOB_WORKER: URL = builtFile('src/experiments/reproduce/jobWorker.js');

/** How an experiment is watched and stopped. */
export interface ReproduceHooks {
  /** Jobs at a time. */
  readonly workers: number;
  /** Called with the share of all work that is done, the share that earlier processes had done, and what is worth saying. */
  readonly onProgress: (share: number, before: number, label: string) => void;
  /** Called before a new experiment begins with the seconds that it takes on this machine, about, and the number of its runs. */
  readonly onEstimate: (seconds: number, runs: number) => void;
  /** Aborts: the state is saved and Interrupted is thrown. */
  readonly signal: AbortSignal;
}

/** What is measured, and from where. */
export interface ExperimentOrder {
  /** That of the folder itself, if the experiment there is gone on with as it is. */
  readonly plan: Plan;
  /** Whether an experiment that is in the folder is gone on with. */
  readonly resume: boolean;
  /** The rollouts of every so many steps are written; those of none if left out. */
  readonly logRollouts?: number;
}

async function work(
  dir: string,
  { plan, sha256 }: BegunPlan,
  hooks: ReproduceHooks,
  logRollouts?: number,
): Promise<ReproduceDocument> {
  const jobs = jobsOf(plan, dir, sha256, logRollouts);
  const total = jobs.reduce((sum, { cost }) => sum + cost, 0);
  await runJobs(JOB_WORKER, jobs, hooks.workers, {
    signal: hooks.signal,
    onProgress: (done, before, { name }, label) =>
      hooks.onProgress(done / total, before / total, `${name}: ${label}`),
  });
  const seeds = seedsOf(plan).map((seed) => readEvaluation(seedFolder(dir, seed), seed, sha256));
  const document = reproduceDocument(plan, seeds);
  await prepareOutput(join(dir, RESULT_FILE)).write(jsonChunks(document));
  return document;
}

/** @throws InputError if a folder without an experiment has a run, or runs of an experiment whose settings are lost */
function checkFree(dir: string): void {
  if (hasRun(dir)) {
    throw new InputError(`${showText(dir)}: expected the folder of an experiment, found that of a run`);
  }
  const seed = existsSync(dir) ? readdirSync(dir).find((name) => /^seed-\d+$/.test(name)) : undefined;
  if (seed === undefined) return;
  throw new InputError(
    `${showText(dir)}: expected no runs, as there is no settings.json, found ${showText(seed)}`,
  );
}

/**
 * Measures all models of an experiment in a folder. Where there is none, one is begun. Where there is one, it is gone on with, if that was
 * asked for and it is the same one; it may have more seeds than when it began.
 * @throws InputError if there is an experiment and it is not to be gone on with, or is another one; if its configuration has no RL; or
 * if anything in it does not fit, before the folder is made; Interrupted; Diverged
 */
export async function reproduce(
  dir: string,
  { plan, resume, logRollouts }: ExperimentOrder,
  hooks: ReproduceHooks,
): Promise<ReproduceDocument> {
  checkExperimentMemory(plan, hooks.workers);
  // What is wrong with one of the models is said before anything is written.
  for (const config of Object.values(configsOf(plan))) createTrainer(config, 1, taskOf(config));
  return inLockedFolder(dir, async () => {
    checkEnd(dir, END_OF_EXPERIMENT);
    for (const { task } of jobsOf(plan, dir)) if (task.kind === 'train') checkEnd(task.dir, END_OF_RUN);
    if (!hasExperiment(dir)) {
      checkFree(dir);
      const jobs = jobsOf(plan, dir);
      const runs = jobs.filter(({ task }) => task.kind === 'train').length;
      hooks.onEstimate(await expectedSeconds(plan, jobs, hooks.workers), runs);
      return work(dir, await writePlan(dir, plan), hooks, logRollouts);
    }
    if (!resume) {
      throw new InputError(`${showText(dir)}: there is an experiment already; --resume continues it`);
    }
    const began = await readPlan(dir);
    checkSamePlan(dir, began.plan, plan);
    return work(dir, await writeChanges(dir, began, plan), hooks, logRollouts);
  });
}
