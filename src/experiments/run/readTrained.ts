// A trained policy from the folder of a run, or of one of its checkpoints.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Trained } from '../../analyses/trained.ts';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { decodable } from '../../episodes/index.ts';
import { createTrainer } from '../../training/index.ts';
import { lastCheckpoint } from './checkpoints.ts';
import { checkTaskFile, readRunConfig } from './config.ts';
import { loadParameters } from './loadCheckpoint.ts';
import { type AskedEpisodes, playableTask } from './memory.ts';

/** The folder of the run and that of the checkpoint. */
function foldersOf(dir: string): { run: string; checkpoint: string } {
  if (existsSync(join(dir, 'state.json'))) return { run: dirname(dirname(dir)), checkpoint: dir };
  if (!existsSync(join(dir, 'config.json'))) {
    throw new InputError(
      `${showText(dir)}: expected a run folder or one of its checkpoints, found no config.json`,
    );
  }
  const checkpoint = lastCheckpoint(dir);
  if (checkpoint === undefined) throw new InputError(`${showText(dir)}: the run has no checkpoint yet`);
  return { run: dir, checkpoint };
}

/**
 * The policy of a run's last checkpoint, or of the checkpoint whose folder it is.
 * @param asked the episodes for which there must be memory
 * @throws InputError naming the file that is missing, damaged, of another run or, with the task's questions, not what it was
 */
export async function readTrained(dir: string, asked: AskedEpisodes): Promise<Trained> {
  const { run, checkpoint } = foldersOf(dir);
  const began = await readRunConfig(run);
  checkTaskFile(run, began);
  const { config, seed } = began;
  const trainer = createTrainer(config, seed, playableTask(config, asked));
  const parameters = loadParameters(checkpoint, began, trainer);
  return { trainer, parameters, policy: decodable(trainer.model, parameters), checkpoint };
}
