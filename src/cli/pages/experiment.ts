// report.html in the folder of an experiment, and in those of its runs.
import { join } from 'node:path';
import { MODELS } from '../../analyses/reproduce/models.ts';
import { version } from '../../base/version.ts';
import type { ModelName, ReproduceDocument } from '../../documents/reproduce.ts';
import type { MetricsLine } from '../../documents/train.ts';
import { readEvaluation } from '../../experiments/reproduce/evaluationFile.ts';
import { seedFolder } from '../../experiments/reproduce/jobs.ts';
import { readPlan } from '../../experiments/reproduce/settings.ts';
import { readRunConfig } from '../../experiments/run/config.ts';
import { readMetrics } from '../../experiments/run/metrics.ts';
import { prepareOutput } from '../../host/output.ts';
import { chooseBuild } from '../../host/wasmBuild.ts';
import { reproduceHtml } from '../../report/reproduceHtml.ts';
import { repeatExperiment } from '../repeat.ts';
import { writeRunReport } from './run.ts';
import { noRollouts, runRollouts } from './runExplorer.ts';

/**
 * Writes the reports of an experiment that is done, from what is in its folder.
 * @throws InputError if one cannot be written
 */
export async function writeReproduceReport(dir: string, document: ReproduceDocument): Promise<void> {
  // What the workers have loaded.
  const kernels = { backend: 'wasm', build: chooseBuild() } as const;
  const folder = (seed: number, model: ModelName): string => join(seedFolder(dir, seed), model);
  const metrics = (model: ModelName): MetricsLine[][] =>
    document.seeds.map((seed) => readMetrics(folder(seed, model)));
  const [first] = document.seeds;
  const { plan, sha256 } = await readPlan(dir);
  const repeat = repeatExperiment(plan, dir);
  const rlFolder = folder(first!, 'rl');
  const rl = await readRunConfig(rlFolder);
  const commands = { train: repeat.at(-1)!, hasCheckpoint: true };
  const logged = await runRollouts(rlFolder, rl);
  const page = reproduceHtml(document, {
    dir,
    plan,
    kernels,
    version,
    repeat,
    rollouts:
      logged === undefined
        ? noRollouts(rlFolder, rl, commands)
        : { ...logged, ...(logged.kind === 'shown' ? { of: `RL, seed ${first}` } : {}) },
    metrics: { rl: metrics('rl'), rlSample: metrics('rlSample'), rlDecision: metrics('rlDecision') },
    examples: { seed: first!, examples: readEvaluation(seedFolder(dir, first!), first!, sha256).examples },
  });
  await prepareOutput(join(dir, 'report.html')).write([page]);
  for (const seed of document.seeds) {
    for (const model of MODELS) await writeRunReport(folder(seed, model), kernels);
  }
}
