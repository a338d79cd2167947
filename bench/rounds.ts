// Measuring in turn: every contender gets a slice of each round, so that whatever else happens on the machine happens to
// all of them, and the quotient of two of them within a round is worth more than the quotient of two runs.
import type { Contender, Effort, Timing } from './measure.ts';
import { median } from './statistics.ts';

/** Rounds that the effort is divided into. */
const ROUNDS = 10;

/** Where one call takes so long that the rounds need this many times the effort, a few of them must do. */
const PATIENCE = 5;
const FEWEST = 3;

/**
 * Timings by contender and round; the order turns around from round to round. A single contender is measured in one go.
 * @param effort per contender, over all rounds; slow calls may end it after three
 * @param now seconds on some clock
 */
export async function inTurn(
  contenders: readonly Contender[],
  effort: Effort,
  now: () => number = () => performance.now() / 1e3,
): Promise<Timing[][]> {
  const rounds = contenders.length === 1 ? 1 : Math.min(ROUNDS, effort.minSamples);
  const slice = {
    minSamples: Math.ceil(effort.minSamples / rounds),
    maxSeconds: effort.maxSeconds / rounds,
  };
  const timings: Timing[][] = contenders.map(() => []);
  const order = contenders.map((contender, c) => ({ contender, of: timings[c]! }));
  const end = now() + PATIENCE * effort.maxSeconds * contenders.length;
  for (let round = 0; round < rounds; round++) {
    if (round >= FEWEST && now() > end) break;
    for (const { contender, of } of round % 2 === 0 ? order : order.toReversed()) {
      await new Promise((resolve) => setImmediate(resolve));
      of.push(await contender.sample(slice));
    }
  }
  return timings;
}

/** All rounds as one list of samples. */
export function joined(timings: readonly Timing[]): Timing {
  return {
    seconds: timings.flatMap(({ seconds }) => seconds),
    callsPerSample: Math.min(...timings.map(({ callsPerSample }) => callsPerSample)),
  };
}

/** time of a / time of b, one a round, from the medians of the round's samples. */
export function ratiosOf(a: readonly Timing[], b: readonly Timing[]): number[] {
  return a.map((timing, round) => median(timing.seconds) / median(b[round]!.seconds));
}
