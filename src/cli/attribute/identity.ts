// What tells the input of one `gradsplit attribute` from that of another, so that kept passes are only used for what they are of.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileHash } from '../../host/readFile.ts';
import { weightFiles } from '../../host/safetensorsFile.ts';
import type { InTokens } from '../../rollouts/index.ts';

/**
 * Hashes of all bytes of a model: sha256 of its configuration and of every file of its weights, by file, because weights that were
 * trained on lie in files of the same names and sizes.
 * @param folder of a Hugging Face model, or a checkpoint of a run
 * @throws InputError if a file cannot be read
 */
export function modelHashes(folder: string): string[] {
  const config = join(folder, 'config.json');
  const files = [...(existsSync(config) ? [config] : []), ...weightFiles(join(folder, 'model.safetensors'))];
  return files.map(fileHash);
}

/** Returns the sha256 of all that is known of trajectories in the tokens of a model; a pipe or stdin is not read again for it. */
export function trajectoriesHash(trajectories: readonly InTokens[]): string {
  const hash = createHash('sha256');
  for (const trajectory of trajectories) {
    const text = JSON.stringify(trajectory, (_, value: unknown) =>
      value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint8Array
        ? Array.from<number>(value)
        : value,
    );
    hash.update(text).update('\n');
  }
  return hash.digest('hex');
}
