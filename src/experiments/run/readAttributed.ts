// What `attribute` reads of a run: its last checkpoint or all of them, each with the reference of its phase.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { createTrainer, type Trainer, type TrainingState } from '../../training/index.ts';
import { STATE } from './checkpointFiles.ts';
import { allCheckpoints } from './checkpoints.ts';
import { checkTaskFile, readRunConfig } from './config.ts';
import { loadCheckpoint } from './loadCheckpoint.ts';
import { playableTask } from './memory.ts';

/** A checkpoint that can be loaded. */
export interface ReadableCheckpoint {
  readonly folder: string;
  /** Steps of the whole run. */
  readonly step: number;
  /** The caller disposes of its tensors. @throws InputError naming the file that is missing, damaged or of another run */
  load(): TrainingState;
}

/** A run, or one checkpoint of it. */
export interface AttributedRun {
  readonly trainer: Trainer;
  /** Oldest first; one if its folder was given. */
  readonly checkpoints: readonly ReadableCheckpoint[];
}

/** Whether a folder is that of a run or of one of its checkpoints: a Hugging Face folder has no such files. */
export function isOfRun(dir: string): boolean {
  return (
    existsSync(join(dir, STATE)) ||
    existsSync(join(dir, 'checkpoints')) ||
    existsSync(join(dir, 'metrics.jsonl'))
  );
}

/**
 * Reads a run.
 * @param dir its folder, or that of one of its checkpoints
 * @param episodes how many are drawn at a time, for which there must be memory
 * @throws InputError naming the file that is missing or damaged, or if there is no checkpoint yet
 */
export async function readAttributed(dir: string, episodes: number): Promise<AttributedRun> {
  const isCheckpoint = existsSync(join(dir, STATE));
  const run = isCheckpoint ? dirname(dirname(dir)) : dir;
  const began = await readRunConfig(run);
  checkTaskFile(run, began);
  const { config, seed } = began;
  const task = playableTask(config, { what: 'attribute', count: episodes, entry: '--episodes' });
  const trainer = createTrainer(config, seed, task);
  const folders = isCheckpoint ? [dir] : allCheckpoints(run);
  if (folders.length === 0) throw new InputError(`${showText(run)}: the run has no checkpoint yet`);
  return {
    trainer,
    checkpoints: folders.map((folder) => ({
      folder,
      step: Number(basename(folder)),
      load: () => loadCheckpoint(folder, began, trainer),
    })),
  };
}
