// What is asked of an objective, as differences that are 0 for every policy if and only if the answer is yes; one text for all fields.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import { sumOf } from '../../algebra/arithmetic.ts';
import type { Fraction } from '../../algebra/fraction.ts';
import { randomStream } from '../../base/random.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import { type EdgeWeights, type Episodes, rewardGradient } from './episodes.ts';
import { expectedGradient, tuples } from './expectation.ts';
import type { RememberedWeights } from './groupWeights.ts';
import { longer } from './size.ts';

/** A policy over a field with an objective on it. */
export interface Setting<T> {
  readonly field: Arithmetic<T>;
  /** The episodes of a shape under the policy. */
  episodes(shape: PolicyShape, isPadded: boolean): Episodes<T>;
  readonly weights: RememberedWeights<T>;
  /** The size of a group, which is also the batch. */
  readonly groupSize: number;
  /** A number that is added to all rewards. */
  readonly baseline: T;
}

/** A difference with the place that it is at. */
export interface Gap<T> {
  readonly place: () => string;
  readonly found: T;
  readonly expected: T;
}

/** One question. */
export interface Question {
  /** The shape of the policies that it is about, with what padding adds. */
  readonly shape: PolicyShape;
  readonly isPadded: boolean;
  gaps<T>(setting: Setting<T>): Gap<T>[];
}

const ACTIONS = ['STOP', 'RESAMPLE'];

function sideBySide<T>(
  episodes: Episodes<T>,
  found: EdgeWeights<T>,
  expected: (row: number, action: number) => T,
): Gap<T>[] {
  return episodes.rows.flatMap(({ key, component }, r) =>
    found[r]!.map((x, a) => {
      const action = component === 'sample' ? `token ${a}` : ACTIONS[a]!;
      const place = (): string => `${component} history "${key}", ${action}`;
      return { place, found: x, expected: expected(r, a) };
    }),
  );
}

function gradient<T>({ field, groupSize, weights }: Setting<T>, episodes: Episodes<T>): EdgeWeights<T> {
  return expectedGradient(field, episodes, groupSize, weights);
}

/** E g = λ·∇J in every entry of both components, with a λ that is given. */
export function isMultiple(shape: PolicyShape, { n, d }: Fraction): Question {
  return {
    shape,
    isPadded: false,
    gaps(setting) {
      const { field } = setting;
      const episodes = setting.episodes(shape, false);
      const target = rewardGradient(field, episodes);
      const factor = field.div(field.number(Number(n)), field.number(Number(d)));
      return sideBySide(episodes, gradient(setting, episodes), (r, a) => field.mul(factor, target[r]![a]!));
    },
  };
}

/** E g = ∇J. */
export function unbiased(shape: PolicyShape): Question {
  return isMultiple(shape, { n: 1n, d: 1n });
}

/**
 * E g is a multiple of ∇J: every entry is what the fitted factor ⟨E g, ∇J⟩/⟨∇J, ∇J⟩ makes of ∇J.
 */
export function parallel(shape: PolicyShape): Question {
  return {
    shape,
    isPadded: false,
    gaps<T>(setting: Setting<T>) {
      const { field } = setting;
      const episodes = setting.episodes(shape, false);
      const target = rewardGradient(field, episodes);
      const found = gradient(setting, episodes);
      const dot = (a: EdgeWeights<T>, b: EdgeWeights<T>): T =>
        sumOf(
          field,
          a.flatMap((row, r) => row.map((x, k) => field.mul(x, b[r]![k]!))),
        );
      const fitted = field.div(dot(found, target), dot(target, target));
      return sideBySide(episodes, found, (r, a) => field.mul(fitted, target[r]![a]!));
    },
  };
}

/** A number added to all rewards changes no entry of E g. */
export function baselineFree(shape: PolicyShape): Question {
  return {
    shape,
    isPadded: false,
    gaps(setting) {
      const { field, baseline } = setting;
      const episodes = setting.episodes(shape, false);
      const leaves = episodes.leaves.map((leaf) => ({ ...leaf, reward: field.add(leaf.reward, baseline) }));
      const without = gradient(setting, episodes);
      return sideBySide(episodes, gradient(setting, { ...episodes, leaves }), (r, a) => without[r]![a]!);
    },
  };
}

/** A padding token in every attempt changes no entry of E g at first tokens and decisions. */
export function lengthFree(shape: PolicyShape): Question {
  const padded = longer(shape);
  return {
    shape: padded,
    isPadded: true,
    gaps(setting) {
      const short = setting.episodes(shape, true);
      const long = setting.episodes(padded, true);
      const expected = gradient(setting, short);
      const found = gradient(setting, long);
      const place = new Map(short.rows.map(({ key, component }, r) => [`${component} ${key}`, r]));
      const kept = [...long.rows.entries()].filter(([, { key }]) => key !== 'padding');
      const rows = kept.map(([, row]) => row);
      return sideBySide(
        { rows, leaves: [] },
        kept.map(([r]) => found[r]!),
        (r, a) => {
          const { key, component } = rows[r]!;
          return expected[place.get(`${component} ${key}`)!]![a]!;
        },
      );
    },
  };
}

/** The most groups of a policy of which all are looked at, and how many are drawn where there are more. */
const MOST_GROUPS = 512;
const DRAWN_GROUPS = 64;

/** All groups of so many trajectories, or drawn ones where they are too many. */
function groupsFrom<T>(leaves: readonly T[], groupSize: number): readonly T[][] {
  if (leaves.length ** groupSize <= MOST_GROUPS) {
    return [...tuples(leaves.length, groupSize)].map((group) => group.map((i) => leaves[i]!));
  }
  const random = randomStream(1, 'groups');
  return Array.from({ length: DRAWN_GROUPS }, () =>
    Array.from({ length: groupSize }, () => leaves[random.integer(leaves.length)]!),
  );
}

/** All tokens of a trajectory have the weight of its first token, in every group of the shape, or in many of them. */
export function balancedOn(shape: PolicyShape): Question {
  return {
    shape,
    isPadded: false,
    gaps<T>({ episodes, weights, groupSize }: Setting<T>) {
      const { leaves } = episodes(shape, false);
      return groupsFrom(leaves, groupSize).flatMap((group) => {
        const names = (): string => group.map(({ key }) => `"${key}"`).join(', ');
        return weights.of(group).flatMap((row, i) =>
          row.map((w, t) => ({
            place: () => `group ${names()}: trajectory ${i + 1}, token ${t + 1} against token 1`,
            found: w,
            expected: row[0]!,
          })),
        );
      });
    },
  };
}
