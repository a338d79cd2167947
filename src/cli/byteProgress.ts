// Progress of reading: megabytes, how many a second, and how long it still takes. Nothing is said of what ends within a second.
import { showText } from '../base/show.ts';
import type { PassProgress } from '../host/rollouts/open.ts';
import { note } from './notes.ts';
import { createProgress } from './terminal.ts';
import { timeLeft } from './timeLeft.ts';

const MEGABYTE = 1e6;

/** Seconds between two lines where there is no terminal. */
const BETWEEN = 10;

/** Shows how far reading is. */
export interface ByteProgress {
  update(progress: PassProgress): void;
  stop(): void;
}

/**
 * Begins to show progress.
 * @param now milliseconds
 */
export async function byteProgress(
  now: () => number = performance.now.bind(performance),
): Promise<ByteProgress> {
  const began = now();
  const progress = await createProgress({ secondsBetween: BETWEEN, now });
  const left = timeLeft(now);
  let nextNote = began + 1000 * BETWEEN;
  return {
    update({ done, total, file }) {
      const seconds = (now() - began) / 1000;
      if (seconds < 1) return;
      const rate = `${Math.round(done / MEGABYTE / seconds)} MB/s`;
      const megabytes = Math.floor(done / MEGABYTE);
      if (total !== undefined) {
        const label = `MB ${rate}${left(done / total)} ${showText(file)}`;
        progress.update(megabytes, Math.ceil(total / MEGABYTE), label);
      } else if (now() >= nextNote) {
        nextNote = now() + 1000 * BETWEEN;
        note(`${megabytes} MB of ${showText(file)}, ${rate}`);
      }
    },
    stop: () => progress.stop(),
  };
}
