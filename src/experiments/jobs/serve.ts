// What a worker thread does: one job after another, each on kernels of its own, saying how far it is.
import { parentPort, workerData } from 'node:worker_threads';
import { useKernels } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { Interrupted } from '../../host/interrupt.ts';
import { loadWasmKernels } from '../../host/loadKernels.ts';
import { OutputLost } from '../../host/systemError.ts';
import { Diverged } from '../../training/index.ts';
import type { FromWorker, JobHooks } from './messages.ts';

/** Progress is reported at most this often, in milliseconds. */
const INTERVAL = 200;

/** The name of an error on the other side, where its class would be lost. */
function kindOf(error: unknown): Extract<FromWorker, { kind: 'failed' }>['error'] {
  if (error instanceof Interrupted) return 'interrupted';
  if (error instanceof Diverged) return 'diverged';
  if (error instanceof OutputLost) return 'output';
  return error instanceof InputError ? 'input' : 'defect';
}

function say(message: FromWorker): void {
  parentPort!.postMessage(message);
}

async function work<Job>(
  job: Job,
  run: (job: Job, hooks: JobHooks) => Promise<void>,
  stopping: Int32Array,
): Promise<void> {
  let told = 0;
  try {
    useKernels(await loadWasmKernels({ threads: 1 }));
    await run(job, {
      onBegin: (share) => say({ kind: 'begun', share }),
      stop: () => Atomics.load(stopping, 0) !== 0,
      onProgress(share, label) {
        if (performance.now() - told < INTERVAL) return;
        told = performance.now();
        say({ kind: 'progress', share, label });
      },
    });
    say({ kind: 'done' });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say({ kind: 'failed', error: kindOf(error), message });
  }
}

/** Makes this worker thread do the jobs that it is sent, each by `run`. */
export function serveJobs<Job>(run: (job: Job, hooks: JobHooks) => Promise<void>): void {
  /** [1] not 0 once everything has to stop. */
  const stopping = new Int32Array(workerData as SharedArrayBuffer);
  parentPort!.on('message', (job: Job) => void work(job, run, stopping));
}
