// Chooses the number of threads for the kernels and starts workers of Node that do not keep the process alive.
import { emitWarning } from 'node:process';
import { Worker } from 'node:worker_threads';
import { InputError } from '../base/errors.ts';
import type { Kernels, Threads } from '../kernels/index.ts';
import { builtFile } from './built.ts';

const MOST_THREADS = 64;
const START_MILLISECONDS = 10_000;

/**
 * Returns the number of threads that compute: the given one, else that of the environment variable
 * GRADSPLIT_THREADS, else one.
 * @throws InputError unless it is a whole number from 1 to 64
 */
export function chooseThreads(asked?: number): number {
  const variable = process.env.GRADSPLIT_THREADS;
  const fromVariable = asked === undefined && variable !== undefined && variable !== '';
  const count = asked ?? (fromVariable ? Number(variable) : 1);
  if (!Number.isInteger(count) || count < 1 || count > MOST_THREADS) {
    const [name, found] = fromVariable ? ['GRADSPLIT_THREADS', `"${variable}"`] : ['threads', `${count}`];
    throw new InputError(`${name} must be a whole number from 1 to ${MOST_THREADS}, found ${found}`);
  }
  if (count > 1 && typeof SharedArrayBuffer === 'undefined') {
    warnOnce();
    return 1;
  }
  return count;
}

let warned = false;

function warnOnce(): void {
  if (!warned) emitWarning('SharedArrayBuffer is missing here: the kernels compute on one thread');
  warned = true;
}

/**
 * Returns helpers for `count` threads in all, as workers that end with the process and never keep it alive.
 * For one thread there are none, and the result is undefined.
 */
export function workerThreads(count: number): Threads | undefined {
  if (count === 1) return undefined;
  return {
    helpers: count - 1,
    // The options of this process may not suit the file of the worker, so none are passed on.
    start: (task) =>
      new Worker(builtFile('src/host/kernelWorker.js'), { workerData: task, execArgv: [] }).unref(),
  };
}

/**
 * Blocks until all threads of the kernels are ready.
 * @throws Error if they do not start within ten seconds
 */
export function awaitThreadsSync(kernels: Kernels, count: number): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; kernels.threads < count; waited++) {
    if (waited > START_MILLISECONDS) throw late(kernels, count);
    Atomics.wait(nothing, 0, 0, 1);
  }
}

/**
 * Waits without blocking until all threads of the kernels are ready.
 * @throws Error if they do not start within ten seconds
 */
export async function awaitThreads(kernels: Kernels, count: number): Promise<void> {
  const end = performance.now() + START_MILLISECONDS;
  while (kernels.threads < count) {
    if (performance.now() > end) throw late(kernels, count);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function late(kernels: Kernels, count: number): Error {
  return new Error(`only ${kernels.threads} of ${count} threads have started within ten seconds`);
}
