// Progress of reading, pass by pass: how many bytes, how many a second, and how long the pass still takes. Nothing is said of what
// ends within a second.
import { showText } from '../base/show.ts';
import type { PassProgress } from '../host/rollouts/open.ts';
import { note } from './notes.ts';
import { createProgress } from './terminal.ts';
import { timeLeft } from './timeLeft.ts';

const KILOBYTE = 1e3;
const MEGABYTE = 1e6;

/** From so many bytes on they are counted in megabytes. */
const MANY = 10 * MEGABYTE;

/** A rate, in kilobytes a second where it would be less than one megabyte. */
function rateOf(bytes: number, seconds: number): string {
  const rate = bytes / seconds;
  const [unit, size] = rate < MEGABYTE ? (['kB', KILOBYTE] as const) : (['MB', MEGABYTE] as const);
  return `${Math.round(rate / size)} ${unit}/s`;
}

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
  let nextNote = began + 1000 * BETWEEN;
  let [last, passBegan, left] = [0, began, timeLeft(now)];
  let again = '';
  return {
    update({ done, total, file }) {
      // Within a pass bytes become more and more.
      const begins = last > 0 && done <= last;
      last = done;
      if (begins) {
        [passBegan, left, again] = [now(), timeLeft(now), 'again, '];
        return;
      }
      if (now() - began < 1000) return;
      const rate = rateOf(done, (now() - passBegan) / 1000);
      if (total !== undefined) {
        const [unit, size] = total < MANY ? (['kB', KILOBYTE] as const) : (['MB', MEGABYTE] as const);
        const label = `${unit} ${again}${rate}${left(done / total)} ${showText(file)}`;
        progress.update(Math.floor(done / size), Math.ceil(total / size), label);
      } else if (now() >= nextNote) {
        nextNote = now() + 1000 * BETWEEN;
        note(`${Math.floor(done / MEGABYTE)} MB of ${showText(file)}, ${again}${rate}`);
      }
    },
    stop: () => progress.stop(),
  };
}
