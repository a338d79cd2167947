// `reproduce`: trains and measures all models of an experiment in a folder; started anew or resumed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { reproduceDocument } from '../../analyses/reproduce/overSeeds.ts';
import type { Plan } from '../../analyses/reproduce/plan.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showText } from '../../base/show.ts';
import {
  type ReproduceDocument,
  type SeedEvaluation,
  seedEvaluationSchema,
} from '../../documents/reproduce.ts';
import { fromFolder, toFolder } from '../../host/configPaths.ts';
import { inLockedFolder } from '../../host/folderLock.ts';
import { loadModules } from '../../host/loadModule.ts';
import { prepareOutput } from '../../host/output.ts';
import { readText } from '../../host/readFile.ts';
import { configValue, parseConfig } from '../../training/index.ts';
import { expectedSeconds } from './duration.ts';
import { runJobs } from './jobPool.ts';
import { jobsOf, seedFolder, seedsOf } from './jobs.ts';
import { checkExperimentMemory } from './memory.ts';
import { EVALUATION } from './runJob.ts';

const PLAN_FILE = 'settings.json';
const RESULT_FILE = 'reproduce.json';

const planSchema = z.strictObject({
  preset: z.string(),
  seeds: z.int().min(1),
  quick: z.boolean(),
  episodes: z.int().min(1),
});

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

/** The plan of the experiment in a folder. @throws InputError if there is none */
export async function readPlan(dir: string): Promise<Plan> {
  const path = join(dir, PLAN_FILE);
  if (!existsSync(path)) {
    throw new InputError(`${showText(dir)}: expected the folder of an experiment, found no ${PLAN_FILE}`);
  }
  const value = parseJson(readText(path), showText(path)) as Record<string, unknown> | null;
  const { config: written, ...rest } = value ?? {};
  const config = fromFolder(written, dir);
  const read = planSchema.safeParse(rest);
  if (!read.success) {
    throw new InputError(
      `${showText(path)}: expected preset, seeds, quick, episodes and config of an experiment`,
    );
  }
  await loadModules(config);
  return { ...read.data, config: parseConfig(config, showText(path)) };
}

/** What was measured at a seed of the experiment in a folder. */
export function readEvaluation(dir: string, seed: number): SeedEvaluation {
  return seedEvaluationSchema.parse(
    JSON.parse(readFileSync(join(seedFolder(dir, seed), EVALUATION), 'utf8')),
  );
}

async function work(dir: string, plan: Plan, hooks: ReproduceHooks): Promise<ReproduceDocument> {
  const jobs = jobsOf(plan, dir);
  const total = jobs.reduce((sum, { cost }) => sum + cost, 0);
  await runJobs(jobs, hooks.workers, {
    signal: hooks.signal,
    onProgress: (done, before, { name }, label) =>
      hooks.onProgress(done / total, before / total, `${name}: ${label}`),
  });
  const seeds = seedsOf(plan).map((seed) => readEvaluation(dir, seed));
  const document = reproduceDocument(plan, seeds);
  await prepareOutput(join(dir, RESULT_FILE)).write(jsonChunks(document));
  return document;
}

/**
 * Begins an experiment in a new folder.
 * @throws InputError if one is there already, or its configuration has no RL; Interrupted; Diverged
 */
export async function reproduce(dir: string, plan: Plan, hooks: ReproduceHooks): Promise<ReproduceDocument> {
  checkExperimentMemory(plan, hooks.workers);
  return inLockedFolder(dir, async () => {
    if (existsSync(join(dir, PLAN_FILE))) {
      throw new InputError(`${showText(dir)}: there is an experiment already; --resume continues it`);
    }
    const jobs = jobsOf(plan, dir);
    const runs = jobs.filter(({ task }) => task.kind === 'train').length;
    hooks.onEstimate(await expectedSeconds(plan, jobs, hooks.workers), runs);
    const { config, ...rest } = plan;
    await prepareOutput(join(dir, PLAN_FILE)).write(
      jsonChunks({ ...rest, config: toFolder(configValue(config), dir) }),
    );
    return work(dir, plan, hooks);
  });
}

/**
 * Resumes the experiment in a folder.
 * @throws InputError if there is none; Interrupted; Diverged
 */
export async function resumeReproduce(dir: string, hooks: ReproduceHooks): Promise<ReproduceDocument> {
  const plan = await readPlan(dir);
  checkExperimentMemory(plan, hooks.workers);
  return inLockedFolder(dir, () => work(dir, plan, hooks));
}
