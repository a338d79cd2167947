// `lab`: runs the seeds of a lab in a folder, anew or from where it was stopped, and writes what they come to.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labDocument } from '../../analyses/labs.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import type { Options } from '../../base/options.ts';
import { showText } from '../../base/show.ts';
import type { LabDocument, LabSettings } from '../../documents/labs.ts';
import { builtFile } from '../../host/built.ts';
import { inLockedFolder } from '../../host/folderLock.ts';
import { prepareOutput } from '../../host/output.ts';
import { chooseBuild } from '../../host/wasmBuild.ts';
import { type Lab, usualSeedsOf } from '../../labs/index.ts';
import { type PoolHooks, runJobs } from '../jobs/pool.ts';
import { checkEnd, END_OF_LAB } from '../run/ownFiles.ts';
import type { SeedJob } from './runSeed.ts';
import { hasSeed, readSeed, removeSeeds } from './seedFile.ts';
import {
  checkSameLab,
  hasSettings,
  isSameComputer,
  labSettingsOf,
  readLabSettings,
  writeLabSettings,
} from './settings.ts';

const RESULT_FILE = 'lab.json';

/** Files of runs and experiments, beside which no lab is begun. */
const FOREIGN = /^(config\.json|metrics\.jsonl|reproduce\.json|lab\.json|seed-\d+(\.json)?)$/;

/** What is run. */
export interface LabOrder {
  readonly lab: Lab;
  readonly options: Options;
  /** Whether `--full` was asked for. */
  readonly full: boolean;
  /** How many. Left out: as many as the folder has, or those of the lab if they are more and nothing there is gone on with. */
  readonly seeds?: number;
  /** The first of them, the others follow. Left out: that of the folder, or the usual one. */
  readonly firstSeed?: number;
  /** Whether finished seeds in the folder are kept. */
  readonly resume: boolean;
}

/** How a lab is watched and stopped. */
export interface LabHooks {
  /** Seeds at a time. */
  readonly workers: number;
  /** Called with the share of all work that is done, the share that earlier processes had done, and what is worth saying. */
  readonly onProgress: (share: number, before: number, label: string) => void;
  /** Aborts: finished seeds stay, and Interrupted is thrown. */
  readonly signal: AbortSignal;
  /** The command line that goes on with this folder, for messages. */
  readonly goOn: string;
}

/** What runs the jobs: worker threads, but for tests of a lab that is not listed. */
export type RunSeeds = (jobs: readonly SeedJob[], workers: number, hooks: PoolHooks) => Promise<void>;

const onThreads: RunSeeds = (jobs, workers, hooks) =>
  runJobs(builtFile('src/experiments/labs/seedWorker.js'), jobs, workers, hooks);

function seedsOf({ seeds, firstSeed }: LabSettings): number[] {
  return Array.from({ length: seeds }, (_, i) => firstSeed + i);
}

function isFinished(dir: string, settings: LabSettings): boolean {
  return existsSync(join(dir, RESULT_FILE)) && seedsOf(settings).every((seed) => hasSeed(dir, seed));
}

/** @throws InputError if a folder without settings has files of something else, or of a lab whose settings are lost */
function checkFree(dir: string): void {
  const found = existsSync(dir) ? readdirSync(dir).find((name) => FOREIGN.test(name)) : undefined;
  if (found === undefined) return;
  throw new InputError(
    `${showText(dir)}: expected an empty folder or that of a lab, as there is no settings.json, found ${showText(found)}`,
  );
}

/** Makes a folder ready for an order. @returns the settings, as they are written there now */
async function prepareFolder(dir: string, order: LabOrder, { goOn }: LabHooks): Promise<LabSettings> {
  const run = { ...order, build: chooseBuild() };
  const began = hasSettings(dir) ? readLabSettings(dir) : undefined;
  if (began === undefined) checkFree(dir);
  const usual = usualSeedsOf(order.lab);
  const had = began?.seeds ?? usual;
  const seeds = order.seeds ?? (order.resume ? had : Math.max(usual, had));
  const now = labSettingsOf(run, seeds, order.firstSeed ?? began?.firstSeed);
  if (began !== undefined) {
    checkSameLab(dir, began, now, order.resume);
    if (!order.resume && !isFinished(dir, began)) {
      throw new InputError(`${showText(dir)}: there is a lab that has not ended; go on with: ${goOn}`);
    }
    if (!isSameComputer(began, now)) {
      // What another version or build has measured is no part of this.
      removeSeeds(dir);
      rmSync(join(dir, RESULT_FILE), { force: true });
    }
  }
  await writeLabSettings(dir, now);
  return now;
}

/**
 * Runs a lab in a folder and writes lab.json. A finished lab of the same settings is run anew, and its seeds are replaced one by one.
 * @throws InputError if the folder has a lab that has not ended and is not to be gone on with, or something else; Interrupted after
 * finished seeds were saved
 */
export async function runLab(
  dir: string,
  order: LabOrder,
  hooks: LabHooks,
  run: RunSeeds = onThreads,
): Promise<LabDocument> {
  return inLockedFolder(dir, async () => {
    checkEnd(dir, END_OF_LAB);
    const settings = await prepareFolder(dir, order, hooks);
    const { lab, options, full, resume } = order;
    const seeds = seedsOf(settings);
    const jobs = seeds.map((seed): SeedJob => {
      const task = { lab: lab.name, options, seed, dir, settings: settings.sha256, keep: resume };
      return { name: `seed ${seed}`, after: [], cost: 1, task };
    });
    await run(jobs, hooks.workers, {
      signal: hooks.signal,
      onProgress: (done, before, { name }, label) =>
        hooks.onProgress(done / jobs.length, before / jobs.length, `${name}: ${label}`),
    });
    const found = seeds.map((seed) => readSeed(dir, seed, settings.sha256));
    const document = labDocument({ lab, options, full, build: settings.build }, found);
    await prepareOutput(join(dir, RESULT_FILE)).write(jsonChunks(document));
    return document;
  });
}
