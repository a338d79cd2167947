// Near-miss suggestions for names that a user typed or wrote into a file.
import leven from 'leven';

/** ` (did you mean "x"?)` for the closest known name, or `''` when none is close. */
export function suggest(name: string, known: Iterable<string>): string {
  let best = '';
  let distance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const d = leven(name.slice(0, 64).toLowerCase(), candidate.toLowerCase());
    if (d < distance) {
      distance = d;
      best = candidate;
    }
  }
  return distance <= Math.max(best.length < 4 ? 1 : 2, Math.floor(best.length / 3))
    ? ` (did you mean "${best}"?)`
    : '';
}
