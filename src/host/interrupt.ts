// Ctrl-C in its three cases. While nothing runs, or while promises are awaited: the process ends. During one long synchronous
// computation: it is stopped at once. During work that saves its state: the work is asked to end.
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** The user pressed Ctrl-C. Exit code 130. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
}

/** From now on Ctrl-C ends the process with exit code 130, as soon as the event loop is free. */
export function endOnInterrupt(): void {
  process.on('SIGINT', () => process.exit(130));
}

/**
 * What `body` returns or throws. A signal handler of Node waits until the event loop is free again; a script run by `vm` with
 * breakOnSigint is stopped at once, so the body runs inside one.
 * @throws Interrupted when SIGINT arrives meanwhile; `finally` clauses inside the body do not run then
 */
export function interruptible<T>(body: () => T): T {
  // Signals belong to the main thread; in another one, breakOnSigint would take its handlers away.
  if (!isMainThread) return body();
  try {
    return runInNewContext('body()', { body }, { breakOnSigint: true, displayErrors: false }) as T;
  } catch (error) {
    // The interruption is an Error of the script's own realm, so instanceof does not know it.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    throw code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ? new Interrupted('interrupted') : error;
  }
}

/**
 * Runs `body` with a signal that Ctrl-C aborts. Other listeners are put aside meanwhile, and there is never a moment without one:
 * a signal would end the process at once.
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
