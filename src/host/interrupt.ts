// Handles Ctrl-C in three cases. While nothing runs, or promises are awaited, the process ends. A long synchronous computation
// is stopped at once. Work that saves its state is asked to end, also by the signals of a terminal that closes and of a system that stops.
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** The signals that ask for an end, with the exit code after each: 128 and the number of the signal. */
export const STOP_SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A `StopSignal` is the name of a signal that asks for an end. */
export type StopSignal = keyof typeof STOP_SIGNALS;

/** `Interrupted` is thrown when a signal asks for an end, such as that of Ctrl-C. The exit code is then that of the signal. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
  readonly signal: StopSignal;

  /** What was saved, and how to go on; undefined if there is nothing to say. */
  readonly saved: string | undefined;

  constructor(saved?: string, signal: StopSignal = 'SIGINT') {
    super(saved === undefined ? 'interrupted' : `interrupted: ${saved}`);
    this.saved = saved;
    this.signal = signal;
  }
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
    throw code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ? new Interrupted() : error;
  }
}

/**
 * Runs `body` with a signal that is aborted by Ctrl-C and by the other signals that ask for an end. A second one ends the process as soon
 * as the event loop is free. Meanwhile at least one listener of each is registered, because without one a signal would end the process at
 * once.
 * @param onStop called when the first signal has come
 * @throws Interrupted with the signal, if `body` threw one without; whatever else `body` throws
 */
export async function withStopSignal<T>(
  body: (signal: AbortSignal) => Promise<T>,
  onStop: () => void = () => {},
): Promise<T> {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const ends = (Object.keys(STOP_SIGNALS) as StopSignal[]).map((name) => {
    const others = process.listeners(name);
    const stop = (): void => {
      if (received !== undefined) process.exit(STOP_SIGNALS[name]);
      received = name;
      controller.abort();
      onStop();
    };
    process.on(name, stop);
    for (const other of others) process.off(name, other);
    return (): void => {
      for (const other of others) process.on(name, other);
      process.off(name, stop);
    };
  });
  try {
    return await body(controller.signal);
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(error.saved, received) : error;
  } finally {
    for (const end of ends) end();
  }
}
