// Colours and progress: only on a terminal, and off with NO_COLOR. Results go to stdout, everything else to stderr.
import pc from 'picocolors';
import { shorten } from '../base/displayWidth.ts';
import type { Palette } from '../report/tables.ts';
import { isQuiet } from './notes.ts';

/** Whether the stream is a terminal that may be written to in colours. */
export function isDecorated(stream: NodeJS.WriteStream): boolean {
  const noColor = process.env.NO_COLOR ?? '';
  return stream.isTTY === true && noColor === '' && process.env.TERM !== 'dumb';
}

/** The width of tables where none is known. */
const USUAL_WIDTH = 80;

/** The columns of a terminal, or those that the environment variable COLUMNS names where there is none; else 80. */
export function widthOf({ isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number {
  if (isTTY && columns > 0) return columns;
  const named = process.env.COLUMNS ?? '';
  return /^[1-9]\d{0,3}$/.test(named) ? Number(named) : USUAL_WIDTH;
}

/** The colours and the width of a stream; no colours where it is not decorated. */
export function paletteOf(stream: NodeJS.WriteStream): Palette {
  return { ...pc.createColors(isDecorated(stream)), width: widthOf(stream) };
}

/** Shows how far a computation is. */
export interface Progress {
  update(done: number, total: number, label: string): void;
  /** Takes the bar away while something else is written to the terminal. */
  above(write: () => void): void;
  /** Takes the bar away. */
  stop(): void;
}

/** How progress is shown where no bar can be. */
export interface ProgressLines {
  /** The least number of seconds between two lines; 0 if left out. */
  readonly secondsBetween?: number;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

const SILENT: Progress = { update: () => {}, above: (write) => write(), stop: () => {} };

/** A bar on a terminal, lines elsewhere; both on stderr, and neither with `--quiet`. */
export async function createProgress(lines: ProgressLines = {}): Promise<Progress> {
  if (isQuiet()) return SILENT;
  return isDecorated(process.stderr) ? bar() : progressLines(lines);
}

/** Lines for files and pipes. */
export function progressLines({
  secondsBetween = 0,
  now = () => performance.now(),
}: ProgressLines): Progress {
  let next = Number.NEGATIVE_INFINITY;
  return {
    update(done, total, label) {
      if (now() < next) return;
      next = now() + 1000 * secondsBetween;
      process.stderr.write(`[${Math.min(done + 1, total)}/${total}] ${label}\n`);
    },
    above: (write) => write(),
    stop: () => {},
  };
}

const BAR = 24;

async function bar(): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const shown = new cliProgress.SingleBar({
    // The line must not be wrapped: only its last row would be taken away.
    format(_, { progress, value, total }, { label }) {
      const full = Math.round(BAR * progress);
      const start = `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${value}/${total} `;
      return `${start}${shorten(label, widthOf(process.stderr) - 1 - start.length)}`;
    },
    stream: process.stderr,
    clearOnComplete: true,
    // Signals are handled elsewhere.
    gracefulExit: false,
  });
  let last: Parameters<Progress['update']> | undefined;
  const show = ([done, total, label]: Parameters<Progress['update']>): void => {
    if (shown.isActive) shown.update(done, { label });
    else shown.start(total, done, { label });
  };
  return {
    update(...to) {
      last = to;
      show(to);
    },
    above(write) {
      if (shown.isActive) shown.stop();
      write();
      if (last !== undefined) show(last);
    },
    stop: () => shown.stop(),
  };
}
