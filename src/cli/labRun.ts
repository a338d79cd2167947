// One lab on the command line: its folder, progress, what is said when it is stopped, and its report.
import type { LabDocument } from '../documents/labs.ts';
import type { LabHooks, LabOrder } from '../experiments/labs/runLab.ts';
import { Interrupted, withStopSignal } from '../host/interrupt.ts';
import { note } from './notes.ts';
import { createProgress } from './terminal.ts';
import { timeLeft } from './timeLeft.ts';

/** Of a share of the whole, as a progress bar counts. */
const PARTS = 1000;

/** Seconds between lines of progress where there is no bar. */
const BETWEEN = 10;

/** How a lab is run. */
export interface LabRunFlags {
  readonly workers?: number;
  /** The command line that goes on after a stop. */
  readonly goOn: string;
  /** What stands before the progress, such as which lab of how many. */
  readonly label?: string;
}

/**
 * Runs a lab in a folder and shows how far it is.
 * @throws Interrupted with what is saved and the command line that goes on; InputError
 */
export async function runWithProgress(
  dir: string,
  order: LabOrder,
  { workers, goOn, label = '' }: LabRunFlags,
): Promise<LabDocument> {
  const [{ runLab }, { availableParallelism }] = await Promise.all([
    import('../experiments/labs/runLab.ts'),
    import('node:os'),
  ]);
  const progress = await createProgress({ secondsBetween: BETWEEN });
  const left = timeLeft();
  const hooks = (signal: AbortSignal): LabHooks => ({
    workers: workers ?? availableParallelism(),
    signal,
    goOn,
    onProgress: (share, before, text) =>
      progress.update(Math.floor(share * PARTS), PARTS, `${label}${text}${left(share, before)}`),
  });
  return withStopSignal(
    (signal) => runLab(dir, order, hooks(signal)),
    () => note('Seeds that are running end at their next step; finished ones are saved.'),
  )
    .catch((error: unknown) => {
      if (!(error instanceof Interrupted)) throw error;
      throw new Interrupted(`finished seeds are saved in ${dir}; go on with: ${goOn}`, error.signal);
    })
    .finally(progress.stop);
}
