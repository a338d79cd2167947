// E g over all ordered groups of trajectories. What a formula cannot tell apart is added up before: groups of classes are enumerated, not
// groups of trajectories.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import type { PerToken } from '../../objectives/formulas/index.ts';
import { type EdgeWeights, type Episode, type Episodes, gradientOf, noWeights } from './episodes.ts';
import type { RememberedWeights } from './groupWeights.ts';

/** Trajectories that a formula cannot tell apart. */
interface EpisodeClass<T> {
  readonly first: Episode<T>;
  readonly all: Episode<T>[];
  /** The probability of the class. */
  readonly probability: T;
}

/** The classes of trajectories by what the formula reads, as far as is known. */
function classesOf<T>(
  field: Arithmetic<T>,
  leaves: readonly Episode<T>[],
  weights: RememberedWeights<T>,
): EpisodeClass<T>[] {
  const byProfile = new Map<string, Episode<T>[]>();
  for (const leaf of leaves) {
    const profile = weights.profile(leaf);
    const all = byProfile.get(profile);
    if (all === undefined) byProfile.set(profile, [leaf]);
    else all.push(leaf);
  }
  return [...byProfile.values()].map((all) => ({
    first: all[0]!,
    all,
    probability: all.map(({ probability }) => probability).reduce(field.add),
  }));
}

/** All ordered groups of `size` indices below n. */
export function* tuples(n: number, size: number): Generator<readonly number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = 0; first < n; first++) for (const rest of tuples(n, size - 1)) yield [first, ...rest];
}

/**
 * Σ of the weights of a member of each class over all groups that it is in, times the probability of the others; by class and token.
 * Undefined if the formula read what the classes do not tell apart.
 */
function classWeights<T>(
  field: Arithmetic<T>,
  classes: readonly EpisodeClass<T>[],
  groupSize: number,
  weights: RememberedWeights<T>,
): PerToken<T> | undefined {
  const before = weights.fieldsRead;
  const sums = classes.map(({ first }) => first.tokens.map(() => field.number(0)));
  for (const group of tuples(classes.length, groupSize)) {
    const found = weights.of(group.map((c) => classes[c]!.first));
    if (weights.fieldsRead > before) return undefined;
    for (const [i, own] of group.entries()) {
      const others = group.filter((_, j) => j !== i).map((c) => classes[c]!.probability);
      const probability = others.reduce(field.mul, field.number(1));
      const sum = sums[own]!;
      for (const [t, w] of found[i]!.entries()) sum[t] = field.add(sum[t]!, field.mul(probability, w));
    }
  }
  return sums;
}

/** E[Σ_i Σ_t w_it·u_it] by row and action, over all ordered groups of G trajectories. */
export function expectedGradient<T>(
  field: Arithmetic<T>,
  episodes: Episodes<T>,
  groupSize: number,
  weights: RememberedWeights<T>,
): EdgeWeights<T> {
  let classes: readonly EpisodeClass<T>[];
  let ofClass: PerToken<T> | undefined;
  do {
    classes = classesOf(field, episodes.leaves, weights);
    ofClass = classWeights(field, classes, groupSize, weights);
  } while (ofClass === undefined);
  const sums = noWeights(field, episodes);
  for (const [c, { all }] of classes.entries()) {
    for (const { probability, tokens } of all) {
      for (const [t, { row, action }] of tokens.entries()) {
        const part = field.mul(probability, ofClass[c]![t]!);
        sums[row]![action] = field.add(sums[row]![action]!, part);
      }
    }
  }
  return gradientOf(field, episodes, sums);
}
