// Computes the measures of judged episodes, which say how good attempts and decisions are.
import type { RandomStream } from '../../base/random.ts';
import type { EstimatedMeasures, EvaluationMeasures } from '../../documents/evaluation.ts';
import { isSolved, type JudgedEpisode } from '../../episodes/index.ts';
import { bootstrap } from './bootstrap.ts';

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Returns P(x > y) + ½P(x = y) for x from one list and y from the other, by ranks in O(n log n). */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map((score) => ({ score, positive: 1 })),
    ...negatives.map((score) => ({ score, positive: 0 })),
  ].sort((a, b) => a.score - b.score);
  let below = 0;
  let area = 0;
  for (let i = 0; i < all.length; ) {
    let end = i;
    let ties = 0;
    while (end < all.length && all[end]!.score === all[i]!.score) ties += all[end++]!.positive;
    const others = end - i - ties;
    area += ties * (below + others / 2);
    below += others;
    i = end;
  }
  return area / (positives.length * negatives.length);
}

/**
 * Computes all measures of episodes with at most K attempts.
 * @param attempts K, the largest number of attempts
 * @example
 * ```ts
 * import { evaluationMeasures } from 'gradsplit/training';
 * const episodes = [{ right: [true], stop: [0.9] }, { right: [false, true], stop: [0.2] }];
 * const { accuracy, firstAttempt, stopGivenCorrect } = evaluationMeasures(episodes, 2);
 * [accuracy, firstAttempt, stopGivenCorrect]; // → [1, 0.5, 0.9]
 * ```
 */
export function evaluationMeasures(episodes: readonly JudgedEpisode[], attempts: number): EvaluationMeasures {
  const number = (yes: boolean): number => (yes ? 1 : 0);
  const stopsWhere = (wanted: boolean): number[] =>
    episodes.flatMap(({ right, stop }) => stop.filter((_, k) => right[k] === wanted));
  const [afterRight, afterWrong] = [stopsWhere(true), stopsWhere(false)];
  const later = Array.from({ length: attempts - 1 }, (_, i) =>
    mean(
      episodes
        .filter(({ right }) => right.length > i + 1 && !right.slice(0, i + 1).includes(true))
        .map(({ right }) => number(right[i + 1]!)),
    ),
  );
  const firstAttempt = mean(episodes.map(({ right }) => number(right[0]!)));
  const [a, f] = [mean(afterRight), mean(afterWrong)];
  return {
    accuracy: mean(episodes.map((e) => number(isSolved(e)))),
    firstAttempt,
    laterAttempts: later,
    stopGivenCorrect: a,
    resampleGivenWrong: 1 - f,
    balancedAccuracy: (a + 1 - f) / 2,
    auc: areaUnderCurve(afterRight, afterWrong),
    attempts: mean(episodes.map(({ right }) => right.length)),
    closedForm: (firstAttempt * a) / (firstAttempt * a + (1 - firstAttempt) * f),
  };
}

/** Computes the measures with 95 % bootstrap intervals over episodes. */
export function estimateMeasures(
  episodes: readonly JudgedEpisode[],
  attempts: number,
  random: RandomStream,
): EstimatedMeasures {
  const flat = (rows: readonly number[]): number[] =>
    Object.values(
      evaluationMeasures(
        rows.map((row) => episodes[row]!),
        attempts,
      ),
    ).flat();
  const estimates = bootstrap(episodes.length, flat, random);
  const names = Object.entries(evaluationMeasures(episodes, attempts)).map(([name, value]) => {
    if (Array.isArray(value)) return [name, estimates.splice(0, value.length)];
    return [name, estimates.shift()!];
  });
  return { episodes: episodes.length, ...Object.fromEntries(names) };
}
