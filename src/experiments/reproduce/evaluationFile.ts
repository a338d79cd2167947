// evaluation.json of a seed: what was measured there, tied to the settings of the experiment.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { jsonChunks } from '../../base/json.ts';
import { showText } from '../../base/show.ts';
import { type SeedEvaluation, seedEvaluationSchema } from '../../documents/reproduce.ts';
import { prepareOutput } from '../../host/output.ts';
import { readDocument } from '../../host/readDocument.ts';
import { checkSeal, sealed } from '../sealed.ts';

/** The evaluation of a seed is written here. */
const EVALUATION = 'evaluation.json';

/** Whether the folder of a seed has an evaluation. */
export function hasEvaluation(folder: string): boolean {
  return existsSync(join(folder, EVALUATION));
}

/**
 * Reads what was measured at a seed.
 * @param folder of the seed
 * @param settings the sha256 of the settings of the experiment; undefined for one of version 0.2.0
 * @throws InputError if it is damaged, or of another seed or experiment
 */
export function readEvaluation(folder: string, seed: number, settings: string | undefined): SeedEvaluation {
  const path = join(folder, EVALUATION);
  const { value, written } = readDocument(path, seedEvaluationSchema);
  checkSeal(path, written);
  const { settings: found, sha256: _, ...evaluation } = value;
  if (evaluation.seed !== seed)
    throw new InputError(`${showText(path)}: seed: expected ${seed}, found ${evaluation.seed}`);
  if (found !== settings) {
    throw new InputError(
      `${showText(path)}: settings: expected an evaluation of this experiment (sha256 ${settings ?? 'none'}), found one of another (${found ?? 'none'})`,
    );
  }
  return evaluation;
}

/** Writes what was measured at a seed. */
export async function writeEvaluation(
  folder: string,
  evaluation: SeedEvaluation,
  settings: string | undefined,
): Promise<void> {
  const tie = settings === undefined ? {} : { settings };
  await prepareOutput(join(folder, EVALUATION)).write(jsonChunks(sealed({ ...evaluation, ...tie })));
}
