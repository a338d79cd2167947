// Ctrl-C during a long synchronous computation. A signal handler of Node waits until the event loop is free again; a
// script run by `vm` with breakOnSigint is stopped at once, so long computations run inside one.
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** The user pressed Ctrl-C. Exit code 130. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
}

/**
 * What `body` returns or throws.
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
