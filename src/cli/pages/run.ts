// report.html in the folder of a training run.
import { join } from 'node:path';
import { version } from '../../base/version.ts';
import { lastCheckpoint, weightsHash } from '../../experiments/run/checkpoints.ts';
import { readRunConfig } from '../../experiments/run/config.ts';
import { readMetrics } from '../../experiments/run/metrics.ts';
import { prepareOutput } from '../../host/output.ts';
import type { Kernels } from '../../kernels/index.ts';
import { trainHtml } from '../../report/trainHtml.ts';
import { repeatRun } from '../repeat.ts';
import { noRollouts, runRollouts } from './runExplorer.ts';

/** Which kernels computed. */
export type KernelsUsed = Pick<Kernels, 'backend' | 'build'>;

/**
 * Writes the report of the run in a folder, from what is in the folder.
 * @throws InputError if it cannot be written
 */
export async function writeRunReport(dir: string, { backend, build }: KernelsUsed): Promise<void> {
  const folder = lastCheckpoint(dir);
  const run = await readRunConfig(dir);
  const metrics = readMetrics(dir);
  const repeat = repeatRun(run, { dir, backend, stepsDone: metrics.at(-1)?.step ?? 0 });
  const commands = { train: repeat.goOn ?? repeat.command, hasCheckpoint: folder !== undefined };
  const page = trainHtml({
    dir,
    run,
    metrics,
    kernels: { backend, build },
    version,
    repeat,
    rollouts: (await runRollouts(dir, run)) ?? noRollouts(dir, run, commands),
    ...(folder === undefined ? {} : { checkpoint: { folder, sha256: weightsHash(folder) } }),
  });
  await prepareOutput(join(dir, 'report.html')).write([page]);
}
