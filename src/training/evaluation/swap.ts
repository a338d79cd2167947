// Swapping the components of two policies gives four policies. The Shapley value of this game of two players attributes the gain
// from one policy to the other to sampling and deciding.
import type { RandomStream } from '../../base/random.ts';
import type { Cell } from '../../documents/comparison.ts';
import type { Estimate } from '../../documents/evaluation.ts';
import {
  type Decodable,
  isSolved,
  type JudgedEpisode,
  type Questions,
  swapped,
} from '../../episodes/index.ts';
import type { Split } from '../../tasks/index.ts';
import { bootstrap } from './bootstrap.ts';
import { type EvaluationOptions, evaluationEpisodes } from './evaluate.ts';

/** These are the four policies of a swap. In x/y, x draws the attempts and y decides. */
export const CELLS: readonly Cell[] = ['a/a', 'a/b', 'b/a', 'b/b'];

/** A `Grid` has one value for each of the four policies of a swap. */
export type Grid<T> = Readonly<Record<Cell, T>>;

/** `Shapley` is a gain in two parts, one per component. */
export interface Shapley<T = number> {
  readonly sample: T;
  readonly decision: T;
}

/**
 * Creates a grid from a function of its cells. The function is told who draws the attempts and who decides.
 */
export function gridOf<T>(at: (cell: Cell, sample: 'a' | 'b', decision: 'a' | 'b') => T): Grid<T> {
  const entries = CELLS.map((cell) => {
    const [sample, decision] = cell.split('/') as ['a' | 'b', 'a' | 'b'];
    return [cell, at(cell, sample, decision)];
  });
  return Object.fromEntries(entries);
}

/**
 * Splits the gain v(b/b) − v(a/a) into two parts that add up to it. Each component gets the mean of the gains
 * from changing it before and after the other.
 * Source: Shapley, "A value for n-person games", 1953.
 * @example
 * ```ts
 * import { shapley } from 'gradsplit/training';
 * shapley({ 'a/a': 0.5, 'a/b': 0.75, 'b/a': 0.5, 'b/b': 1 }); // → { sample: 0.125, decision: 0.375 }
 * ```
 */
export function shapley(v: Grid<number>): Shapley {
  return {
    sample: (v['b/a'] - v['a/a'] + (v['b/b'] - v['a/b'])) / 2,
    decision: (v['a/b'] - v['a/a'] + (v['b/b'] - v['b/a'])) / 2,
  };
}

/**
 * Draws and judges the episodes of the four policies of a swap, at the same prompts with the same random
 * numbers.
 * @throws InputError if a policy is too small for the layout
 */
export function swapEpisodes(
  questions: Questions,
  a: Decodable,
  b: Decodable,
  split: Split,
  options: EvaluationOptions,
): Grid<JudgedEpisode[]> {
  const of = { a, b };
  return gridOf((_cell, sample, decision) => {
    const from = swapped(questions.layout, of[sample], of[decision]);
    return evaluationEpisodes(questions, from, split, options);
  });
}

/** Returns the share of episodes that were solved. */
export function accuracyOf(episodes: readonly JudgedEpisode[]): number {
  return episodes.reduce((n, episode) => n + (isSolved(episode) ? 1 : 0), 0) / episodes.length;
}

/**
 * Computes the Shapley values of accuracy with 95 % bootstrap intervals over prompts. The four episodes of a
 * prompt are resampled together.
 */
export function estimateShapley(
  grid: Grid<readonly JudgedEpisode[]>,
  random: RandomStream,
): Shapley<Estimate> {
  const solved = gridOf((cell) => grid[cell].map((episode) => (isSolved(episode) ? 1 : 0)));
  const at = (rows: readonly number[]): Shapley =>
    shapley(gridOf((cell) => rows.reduce((sum, row) => sum + solved[cell][row]!, 0) / rows.length));
  const [sample, decision] = bootstrap(
    grid['a/a'].length,
    (rows) => {
      const { sample, decision } = at(rows);
      return [sample, decision];
    },
    random,
  );
  return { sample: sample!, decision: decision! };
}
