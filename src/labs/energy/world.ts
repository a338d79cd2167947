// Answers that are revised into one another: a symmetric affinity, the reference policy that follows from it, and a binary reward.
import { randomStream } from '../../base/random.ts';

/** A square matrix of n rows, row by row. */
export interface Square {
  readonly n: number;
  /** [n·n] */
  readonly at: Float64Array;
}

/** What is given: n answers, each of which is also a prompt, namely to revise it. */
export interface World {
  /** S, symmetric and positive. */
  readonly affinity: Square;
  /** [n] r(y), 1 for a correct answer. */
  readonly reward: Float64Array;
}

/** Affinities of one half lie in this range; those between the halves are smaller by a factor. */
export const AFFINITY = { from: 0.5, to: 1.5 } as const;

/** Two halves of answers, in each of which every third one is correct. */
export function drawWorld(n: number, coupling: number, seed: number): World {
  const random = randomStream(seed, 'affinity');
  const at = new Float64Array(n * n);
  const half = (x: number): number => (x < n / 2 ? 0 : 1);
  for (let x = 0; x < n; x++) {
    for (let y = 0; y <= x; y++) {
      const size = AFFINITY.from + (AFFINITY.to - AFFINITY.from) * random.uniform();
      at[x * n + y] = half(x) === half(y) ? size : coupling * size;
      at[y * n + x] = at[x * n + y]!;
    }
  }
  const reward = Float64Array.from({ length: n }, (_, y) => (y % 3 === 0 ? 1 : 0));
  return { affinity: { n, at }, reward };
}

/** The same rewards with an affinity that is not symmetric. */
export function withoutSymmetry({ affinity: { n, at }, reward }: World): World {
  return { affinity: { n, at: at.map((s, i) => (i % n > i / n ? 2 * s : s)) }, reward };
}

/** log Σ_k e^{x_k} over a row. */
export function logSumExp(row: Float64Array): number {
  const largest = row.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  return largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

/** Row x of a square matrix. */
export function rowOf({ n, at }: Square, x: number): Float64Array {
  return at.subarray(x * n, (x + 1) * n);
}

/** log of S(x, y)·e^{V(y)}/Z(x), with Z(x) = Σ_y S(x, y)·e^{V(y)}: at V = 0 the reference policy, at V = r/β the optimum. */
export function tiltedLogProb({ n, at }: Square, potential: Float64Array): Square {
  const out = at.map((s, i) => Math.log(s) + potential[i % n]!);
  for (let x = 0; x < n; x++) {
    const row = out.subarray(x * n, (x + 1) * n);
    const logZ = logSumExp(row);
    for (let y = 0; y < n; y++) row[y]! -= logZ;
  }
  return { n, at: out };
}
