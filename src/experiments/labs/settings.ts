// settings.json in the folder of a lab: what it began with, and whether it may be gone on with.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LabRun, plainSettings } from '../../analyses/labs.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { showText } from '../../base/show.ts';
import { version } from '../../base/version.ts';
import { type LabSettings, labSettingsSchema } from '../../documents/labs.ts';
import { prepareOutput } from '../../host/output.ts';
import { readDocument } from '../../host/readDocument.ts';
import { firstSeedOf } from '../../labs/index.ts';
import { difference, entriesOf, hashOf } from '../identity.ts';
import { checkSeal } from '../sealed.ts';

const SETTINGS = 'settings.json';

/** Seeds may be added to a lab. */
const NOT_HASHED = ['sha256', 'seeds'];

/** What computes: another version or build may give other bits. */
const COMPUTED_BY = ['version', 'build'];

/** Whether a folder has settings of a lab or of an experiment. */
export function hasSettings(dir: string): boolean {
  return existsSync(join(dir, SETTINGS));
}

/** The settings in the folder of a lab. @throws InputError if they are none of a lab, or were edited */
export function readLabSettings(dir: string): LabSettings {
  const path = join(dir, SETTINGS);
  const { value, written } = readDocument(path, labSettingsSchema);
  checkSeal(path, written, 'what the lab began with', NOT_HASHED);
  return value;
}

/** The settings of a lab as they are written. */
export function labSettingsOf(
  { lab, options, full, build }: LabRun,
  seeds: number,
  firstSeed = firstSeedOf(lab),
): LabSettings {
  const settings = {
    lab: lab.name,
    full,
    seeds,
    firstSeed,
    version,
    build,
    settings: plainSettings(options),
  };
  return { ...settings, sha256: hashOf(entriesOf(settings), NOT_HASHED) };
}

/** Eight digits that tell settings apart in the name of a folder, whatever computes. */
export function shortHash({ lab, full, settings }: LabSettings): string {
  return hashOf(entriesOf({ lab, full, settings }), []).slice(0, 8);
}

/** Writes the settings of a lab. */
export async function writeLabSettings(dir: string, settings: LabSettings): Promise<void> {
  await prepareOutput(join(dir, SETTINGS)).write(jsonChunks(settings));
}

/** Whether the same version and build computed. */
export function isSameComputer(began: LabSettings, now: LabSettings): boolean {
  return began.version === now.version && began.build === now.build;
}

/**
 * Checks that what is asked for belongs into the folder of a lab that has begun.
 * @param resume whether its seeds are kept, so that the same must compute
 * @throws InputError naming what differs, or that there are more seeds in the folder
 */
export function checkSameLab(dir: string, began: LabSettings, now: LabSettings, resume: boolean): void {
  const passed = resume ? NOT_HASHED : [...NOT_HASHED, ...COMPUTED_BY];
  const differs = difference(entriesOf(began), entriesOf(now), passed);
  if (differs !== undefined) {
    throw new InputError(
      `${showText(dir)}: the lab there has other settings: ${differs}; --out names another folder`,
    );
  }
  if (now.seeds < began.seeds) {
    throw new InputError(
      `${showText(dir)}: --seeds: expected at least ${began.seeds}, as the lab there has that many, found ${now.seeds}`,
    );
  }
}
