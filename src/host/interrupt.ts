// Handles Ctrl-C in three cases. While nothing runs, or promises are awaited, the process ends. A long synchronous computation
// is stopped at once. Work that saves its state is asked to end.
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** `Interrupted` is thrown when the user presses Ctrl-C. The exit code is then 130. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
}

/** Makes Ctrl-C end the process with exit code 130 as soon as the event loop is free. */
export function endOnInterrupt(): void {
  process.on('SIGINT', () => process.exit(130));
}

/**
 * Runs `body` so that Ctrl-C stops it at once, and returns its result. A signal handler of Node waits until
 * the event loop is free, but a script run by `vm` with breakOnSigint is stopped at once, so the body runs
 * inside one.
 * @throws Interrupted when SIGINT arrives meanwhile, without running `finally` clauses inside the body;
 * whatever `body` throws
 */
export function interruptible<T>(body: () => T): T {
  // Signals belong to the main thread. In another thread, breakOnSigint would remove the handlers of the main one.
  if (!isMainThread) return body();
  try {
    return runInNewContext('body()', { body }, { breakOnSigint: true, displayErrors: false }) as T;
  } catch (error) {
    // The interruption is an Error of the script's own realm, so instanceof does not recognise it.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    throw code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ? new Interrupted('interrupted') : error;
  }
}

/**
 * Runs `body` with a signal that Ctrl-C aborts. Other listeners are removed meanwhile, but at least one
 * listener is always registered, because without one a signal would end the process at once.
 * @throws whatever `body` throws
 */
export async function withStopSignal<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const others = process.listeners('SIGINT');
  const stop = (): void => {
    controller.abort();
    for (const other of others) process.on('SIGINT', other);
    process.off('SIGINT', stop);
  };
  process.on('SIGINT', stop);
  for (const other of others) process.off('SIGINT', other);
  try {
    return await body(controller.signal);
  } finally {
    if (!controller.signal.aborted) {
      for (const other of others) process.on('SIGINT', other);
      process.off('SIGINT', stop);
    }
  }
}
