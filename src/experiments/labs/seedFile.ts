// seed-N.json in the folder of a lab: what one seed gave, tied to the settings of the lab.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SeedOfLab } from '../../analyses/labs.ts';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { showText } from '../../base/show.ts';
import { labSeedSchema } from '../../documents/labs.ts';
import { prepareOutput } from '../../host/output.ts';
import { readDocument } from '../../host/readDocument.ts';
import { systemError } from '../../host/systemError.ts';
import { checkSeal, sealed } from '../sealed.ts';

const NAME = /^seed-[1-9]\d*\.json$/;

function pathOf(dir: string, seed: number): string {
  return join(dir, `seed-${seed}.json`);
}

/** Names of all files of seeds in a folder. */
function seedFiles(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir).filter((name) => NAME.test(name)) : [];
}

/** Whether a seed is there. */
export function hasSeed(dir: string, seed: number): boolean {
  return existsSync(pathOf(dir, seed));
}

/**
 * Reads what a seed gave.
 * @param settings the sha256 of the settings of the lab
 * @throws InputError if it is damaged, or of another seed or other settings
 */
export function readSeed(dir: string, seed: number, settings: string): SeedOfLab {
  const path = pathOf(dir, seed);
  const { value, written } = readDocument(path, labSeedSchema);
  checkSeal(path, written);
  const { settings: found, sha256: _, warnings: __, ...result } = value;
  if (result.seed !== seed) {
    throw new InputError(`${showText(path)}: seed: expected ${seed}, found ${result.seed}`);
  }
  if (found !== settings) {
    throw new InputError(
      `${showText(path)}: settings: expected a seed of this lab (sha256 ${settings}), found one of another (${found})`,
    );
  }
  return result;
}

/** Writes what a seed gave. */
export async function writeSeed(dir: string, result: SeedOfLab, settings: string): Promise<void> {
  await prepareOutput(pathOf(dir, result.seed)).write(jsonChunks(sealed({ ...result, settings })));
}

/** Removes all seeds. @throws InputError if that fails */
export function removeSeeds(dir: string): void {
  for (const name of seedFiles(dir)) {
    try {
      rmSync(join(dir, name));
    } catch (error) {
      throw systemError('write', join(dir, name), error);
    }
  }
}
