// Colours and progress: only on a terminal, and off with NO_COLOR. Results go to stdout, everything else to stderr.
import pc from 'picocolors';
import type { Palette } from '../report/tables.ts';

/** Whether the stream is a terminal that may be written to in colours. */
export function isDecorated(stream: NodeJS.WriteStream): boolean {
  const noColor = process.env.NO_COLOR ?? '';
  return stream.isTTY === true && noColor === '' && process.env.TERM !== 'dumb';
}

/** The colours of a stream; none where it is not decorated. */
export function paletteOf(stream: NodeJS.WriteStream): Palette {
  return pc.createColors(isDecorated(stream));
}

/** Shows how far a computation is. */
export interface Progress {
  update(done: number, total: number, label: string): void;
  /** Takes the bar away. */
  stop(): void;
}

/** A bar on a terminal, lines elsewhere; both on stderr. */
export async function createProgress(): Promise<Progress> {
  if (!isDecorated(process.stderr)) {
    return {
      update: (done, total, label) =>
        process.stderr.write(`[${Math.min(done + 1, total)}/${total}] ${label}\n`),
      stop: () => {},
    };
  }
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: '{bar} {value}/{total} {label}',
    stream: process.stderr,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
  });
  let started = false;
  return {
    update: (done, total, label) => {
      if (started) bar.update(done, { label });
      else bar.start(total, done, { label });
      started = true;
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
