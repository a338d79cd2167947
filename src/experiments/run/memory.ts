// Whether this process has the memory that a run or the episodes of a trained policy need.
import { memoryLimits } from '../../host/memoryLimits.ts';
import type { Task } from '../../tasks/index.ts';
import { checkEpisodeMemory, checkTrainingMemory, type TrainingConfig } from '../../training/index.ts';
import { taskOf } from './config.ts';

/**
 * The task of a configuration that can be trained here.
 * @throws InputError for a bad file, or naming the memory that is missing
 */
export function trainableTask(config: TrainingConfig): Task {
  const task = taskOf(config);
  checkTrainingMemory(config, task, memoryLimits());
  return task;
}

/** Episodes that are asked of a trained policy. */
export interface AskedEpisodes {
  /** Who asks, for messages. */
  readonly what: string;
  /** How many are kept at a time. */
  readonly count: number;
  /** What says how many there are, for messages. */
  readonly entry: string;
}

/**
 * The task of a configuration whose episodes can be drawn here.
 * @throws InputError for a bad file, or naming the memory that is missing
 */
export function playableTask(config: TrainingConfig, { what, count, entry }: AskedEpisodes): Task {
  const task = taskOf(config);
  checkEpisodeMemory(what, config, task, count, entry, memoryLimits());
  return task;
}
