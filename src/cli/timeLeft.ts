// How long work still takes, from the share that is done.

/** Below this share nothing is said: the first steps say little about the rest. */
const SMALLEST = 0.02;

function inWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * Begins to measure. The returned function says `, about 4 min left` for a share of the work that is done and the share of it that was
 * done before, when an earlier process stopped; nothing where there is too little to say it from.
 */
export function timeLeft(
  now: () => number = performance.now.bind(performance),
): (share: number, before?: number) => string {
  const began = now();
  return (share, before = 0) => {
    const done = share - before;
    if (done < SMALLEST) return '';
    return `, about ${inWords((((now() - began) / 1000) * (1 - share)) / done)} left`;
  };
}
