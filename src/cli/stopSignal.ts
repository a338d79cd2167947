// Ctrl-C during work that saves its state: the first one asks for an end, the next one ends the process as usual.

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
