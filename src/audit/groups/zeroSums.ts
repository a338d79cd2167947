// How improbable it is that parts of a batch have advantages that add up to 0.
import { randomStream } from '../../base/random.ts';
import type { Logged } from './line.ts';
import { isCentred } from './logged.ts';

/** Random parts that are drawn. */
const DRAWS = 200;

/** log of a bound on the chance that a random part of a batch, of some size, adds up to 0. */
export function logZeroSumChance(logged: Logged, batch: readonly number[], size: number): number {
  const stream = randomStream(1, 'zero-sums', size);
  const order = [...batch];
  let hits = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    for (let k = 0; k < size; k++) {
      const other = k + stream.integer(order.length - k);
      [order[k], order[other]] = [order[other]!, order[k]!];
    }
    if (isCentred(logged, order.slice(0, size))) hits++;
  }
  return Math.log((hits + 1) / (DRAWS + 1));
}
