// The names of the files of a checkpoint, and its state.json.
import { join } from 'node:path';
import type { Of } from '../../documents/parts.ts';
import { checkpointStateSchema } from '../../documents/run.ts';
import { readDocument } from '../../host/readDocument.ts';
import { checkSeal } from '../sealed.ts';

/** The files of a checkpoint besides its state. There is a reference in phase train only. */
export const CHECKPOINT = {
  config: 'config.json',
  weights: 'model.safetensors',
  tokens: 'tokens.json',
  optimiser: 'optimiser.safetensors',
  reference: 'reference.safetensors',
} as const;

/** Where the run is, and the hashes of the other files. */
export const STATE = 'state.json';

/** What state.json says. */
export type CheckpointState = Of<typeof checkpointStateSchema>;

/** Reads the state.json of a checkpoint. @throws InputError if it is missing, damaged or edited */
export function readState(folder: string): CheckpointState {
  const path = join(folder, STATE);
  const { value, written } = readDocument(path, checkpointStateSchema);
  checkSeal(path, written);
  return value;
}
