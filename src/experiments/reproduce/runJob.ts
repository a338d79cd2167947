// Does one job. What is there already is not done again, so that an experiment which was cut goes on where it was.
import { join } from 'node:path';
import { evaluateSeed, PLAYS, type TrainedModels } from '../../analyses/reproduce/evaluateSeed.ts';
import { MODELS } from '../../analyses/reproduce/models.ts';
import { atTemperature } from '../../episodes/index.ts';
import { Interrupted } from '../../host/interrupt.ts';
import { loadModules } from '../../host/loadModule.ts';
import { removeTemporaries } from '../../host/output.ts';
import { configValue } from '../../training/index.ts';
import type { JobHooks } from '../jobs/messages.ts';
import { readTrained } from '../run/readTrained.ts';
import type { TrainHooks } from '../takeSteps.ts';
import { train } from '../train.ts';
import { hasEvaluation, readEvaluation, writeEvaluation } from './evaluationFile.ts';
import type { EvaluateJob, Job, TrainJob } from './jobs.ts';
import { playedEpisodes } from './memory.ts';

/** Names of the evaluation's random streams; training has others. */
const EVALUATION_SEED = 0;

async function runTraining(
  { dir, run, from, logRollouts }: TrainJob,
  { onBegin, onProgress, stop }: JobHooks,
): Promise<void> {
  const first = from === null ? 0 : run.config.base.loop.steps;
  let begun = false;
  const hooks: TrainHooks = {
    ...(logRollouts === undefined ? {} : { logRollouts }),
    stop,
    onStep({ step, loss, reward }, total) {
      if (!begun) onBegin((step - 1 - first) / (total - first));
      begun = true;
      onProgress(
        (step - first) / (total - first),
        `step ${step - first}/${total - first}, loss ${loss?.toFixed(3) ?? 'none'}${reward === null ? '' : `, reward ${reward.toFixed(3)}`}`,
      );
    },
  };
  await loadModules(configValue(run.config));
  await train(dir, { run, resume: true, ...(from === null ? {} : { from }) }, hooks);
  if (!begun) onBegin(1);
}

async function runEvaluation(
  { seed, dir, episodes, settings }: EvaluateJob,
  { onBegin, onProgress, stop }: JobHooks,
): Promise<void> {
  onBegin(hasEvaluation(dir) ? 1 : 0);
  if (hasEvaluation(dir)) return void readEvaluation(dir, seed, settings);
  const models = Object.fromEntries(
    await Promise.all(
      MODELS.map(
        async (model) => [model, await readTrained(join(dir, model), playedEpisodes(episodes))] as const,
      ),
    ),
  ) as unknown as TrainedModels;
  removeTemporaries(dir);
  let played = 0;
  const options = { episodes, seed: EVALUATION_SEED, drawing: atTemperature(1) };
  const found = evaluateSeed(seed, models, options, () => {
    if (stop()) throw new Interrupted();
    played++;
    onProgress(played / PLAYS, `${played} of ${PLAYS} policies played`);
  });
  await writeEvaluation(dir, found, settings);
}

/**
 * Does a job.
 * @throws InputError, Diverged; Interrupted after the state was saved
 */
export async function runJob({ task }: Job, hooks: JobHooks): Promise<void> {
  if (task.kind === 'train') await runTraining(task, hooks);
  else await runEvaluation(task, hooks);
}
