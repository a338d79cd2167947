// How long work still takes, from the share that is done.

/** Below this share nothing is said: the first steps say little about the rest. */
const SMALLEST = 0.02;

function inWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * Begins to measure. The returned function says `, about 4 min left` for a share of the work that is done, counted from the first share
 * it was told, as an experiment that is gone on with begins in its middle; nothing where there is too little to say it from.
 */
export function timeLeft(now: () => number = performance.now.bind(performance)): (share: number) => string {
  let first: { readonly share: number; readonly at: number } | undefined;
  return (share) => {
    first ??= { share, at: now() };
    const done = share - first.share;
    if (done < SMALLEST) return '';
    return `, about ${inWords((((now() - first.at) / 1000) * (1 - share)) / done)} left`;
  };
}
