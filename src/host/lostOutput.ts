// Watches stdout and stderr. A reader that closes stdout has all it wanted, so the work goes on without it. Any other failure
// means that something is not said, which is an error: the work is stopped as by Ctrl-C, so that it saves what it saves.
import { OutputLost, systemError } from './systemError.ts';

const NAMES = ['stdout', 'stderr'] as const;

let lost: OutputLost | undefined;

/** Returns whether an error of stdout says that its reader closed it. */
export function isClosedByReader(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}

function lossOf(name: (typeof NAMES)[number], error: Error): OutputLost | undefined {
  if (name === 'stdout' && isClosedByReader(error)) return undefined;
  // Whatever the reason, nothing can be written there any more.
  const { message } = systemError('write', name, error);
  return new OutputLost(message, { cause: error });
}

/** Returns the first loss of stdout or stderr, if there was one. */
export function lostOutput(): OutputLost | undefined {
  for (const name of NAMES) {
    // The event comes when the event loop is free; until then the stream itself says it.
    const { errored } = process[name];
    if (lost === undefined && errored) lost = lossOf(name, errored);
  }
  return lost;
}

/** Returns a function that calls `tell`, but first throws what was lost: it stops a long synchronous computation. */
export function unlessLost<Args extends readonly unknown[]>(
  tell: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    const loss = lostOutput();
    if (loss !== undefined) throw loss;
    tell(...args);
  };
}

/** Watches both streams until the process ends; `stop` is called once, when one is lost. */
export function watchOutputs(stop: () => void): void {
  for (const name of NAMES) {
    process[name].on('error', (error) => {
      const before = lost;
      lost ??= lossOf(name, error);
      if (lost !== before) stop();
    });
  }
}
