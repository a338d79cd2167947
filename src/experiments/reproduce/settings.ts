// settings.json of an experiment: what it began with, and whether it may be gone on with.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../analyses/reproduce/plan.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { showText } from '../../base/show.ts';
import { experimentSettingsSchema } from '../../documents/run.ts';
import { fromFolder, toFolder } from '../../host/configPaths.ts';
import { loadModules } from '../../host/loadModule.ts';
import { prepareOutput } from '../../host/output.ts';
import { readDocument } from '../../host/readDocument.ts';
import { configValue, parseConfig } from '../../training/index.ts';
import { difference, entriesOf, hashOf } from '../identity.ts';
import { checkSeal } from '../sealed.ts';

const SETTINGS = 'settings.json';

/** Seeds may be added to an experiment, and the times of checkpoints may change. */
const NOT_HASHED = [
  'sha256',
  'seeds',
  ...['checkpointEvery', 'checkpointMinutes', 'keepEvery'].map((key) => `config.run.${key}`),
];

/** The plan of an experiment that has begun. */
export interface BegunPlan {
  readonly plan: Plan;
  /** What ties its files to its settings; experiments of version 0.2.0 have none. */
  readonly sha256?: string;
}

/** Whether a folder has an experiment. */
export function hasExperiment(dir: string): boolean {
  return existsSync(join(dir, SETTINGS));
}

/** The plan of the experiment in a folder. @throws InputError if there is none, or it was edited */
export async function readPlan(dir: string): Promise<BegunPlan> {
  const path = join(dir, SETTINGS);
  if (!hasExperiment(dir)) {
    throw new InputError(`${showText(dir)}: expected the folder of an experiment, found no ${SETTINGS}`);
  }
  const { value, written } = readDocument(path, experimentSettingsSchema);
  const { config, sha256, ...rest } = value;
  checkSeal(path, written, 'what the experiment began with', NOT_HASHED);
  // As in a run of version 0.2.0.
  const absolute = fromFolder(config, dir, sha256 === undefined ? '.' : dir);
  await loadModules(absolute);
  const plan = { ...rest, config: parseConfig(absolute, showText(path)) };
  return { plan, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** A plan as the file in a folder says it. */
function writtenPlan({ config, ...rest }: Plan, dir: string): object {
  return { ...rest, config: toFolder(configValue(config), dir) };
}

/** Notes in a folder what an experiment begins with. */
export function writePlan(dir: string, plan: Plan): Promise<BegunPlan> {
  return write(dir, plan, { sha256: hashOf(entriesOf(writtenPlan(plan, dir)), NOT_HASHED) });
}

/** Notes what has changed in an experiment of that which may. */
export async function writeChanges(dir: string, began: BegunPlan, plan: Plan): Promise<BegunPlan> {
  const { plan: before, ...tie } = began;
  const [there, here] = [before, plan].map((value) => entriesOf(writtenPlan(value, dir))) as [
    Map<string, unknown>,
    Map<string, unknown>,
  ];
  return difference(there, here, []) === undefined ? began : write(dir, plan, tie);
}

async function write(dir: string, plan: Plan, tie: Omit<BegunPlan, 'plan'>): Promise<BegunPlan> {
  await prepareOutput(join(dir, SETTINGS)).write(jsonChunks({ ...writtenPlan(plan, dir), ...tie }));
  return { plan, ...tie };
}

/**
 * Checks that an experiment may be gone on with as it is planned.
 * @throws InputError naming what differs, or that there are more seeds in the folder
 */
export function checkSamePlan(dir: string, began: Plan, plan: Plan): void {
  const differs = difference(
    entriesOf(writtenPlan(began, dir)),
    entriesOf(writtenPlan(plan, dir)),
    NOT_HASHED,
  );
  if (differs !== undefined) {
    throw new InputError(
      `${showText(dir)}: --resume goes on with the settings that the experiment began with, but ${differs}`,
    );
  }
  if (plan.seeds < began.seeds) {
    throw new InputError(
      `${showText(dir)}: --seeds: expected at least ${began.seeds}, as the experiment has that many, found ${plan.seeds}`,
    );
  }
}
