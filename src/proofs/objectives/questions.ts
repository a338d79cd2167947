// What is asked of an objective, as differences that are 0 for every policy if and only if the answer is yes; one text for all fields.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import { sumOf } from '../../algebra/arithmetic.ts';
import type { Fraction } from '../../algebra/fraction.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import {
  type EdgeWeights,
  type Episodes,
  expectedGradient,
  type GroupWeights,
  rewardGradient,
} from './episodes.ts';

/** A policy over a field with an objective on it. */
export interface Setting<T> {
  readonly field: Arithmetic<T>;
  /** The episodes of a shape under the policy. */
  episodes(shape: PolicyShape, isPadded: boolean): Episodes<T>;
  readonly weightsOf: GroupWeights<T>;
  /** The size of a group, which is also the batch. */
  readonly groupSize: number;
  /** A number that is added to all rewards. */
  readonly baseline: T;
}

/** A difference with the place that it is at. */
export interface Gap<T> {
  readonly place: string;
  readonly found: T;
  readonly expected: T;
}

/** One question. */
export interface Question {
  /** The smallest shape that it is put to. */
  readonly shape: PolicyShape;
  readonly isPadded: boolean;
  gaps<T>(setting: Setting<T>): Gap<T>[];
}

/** Two attempts of one token of two: lengths differ, and so does what a decision leads to. */
export const SMALL: PolicyShape = { attempts: 2, length: 1, vocabulary: 2 };
const PADDED: PolicyShape = { attempts: 2, length: 2, vocabulary: 2 };
const ACTIONS = ['STOP', 'RESAMPLE'];

function sideBySide<T>(
  episodes: Episodes<T>,
  found: EdgeWeights<T>,
  expected: (row: number, action: number) => T,
): Gap<T>[] {
  return episodes.rows.flatMap(({ key, component }, r) =>
    found[r]!.map((x, a) => {
      const action = component === 'sample' ? `token ${a}` : ACTIONS[a]!;
      return { place: `${component} history "${key}", ${action}`, found: x, expected: expected(r, a) };
    }),
  );
}

function gradient<T>({ field, groupSize, weightsOf }: Setting<T>, episodes: Episodes<T>): EdgeWeights<T> {
  return expectedGradient(field, episodes, groupSize, weightsOf);
}

/** E g = λ·∇J in every entry of both components, with a λ that is given. */
export function isMultiple({ n, d }: Fraction): Question {
  return {
    shape: SMALL,
    isPadded: false,
    gaps(setting) {
      const { field } = setting;
      const episodes = setting.episodes(SMALL, false);
      const target = rewardGradient(field, episodes);
      const factor = field.div(field.number(Number(n)), field.number(Number(d)));
      return sideBySide(episodes, gradient(setting, episodes), (r, a) => field.mul(factor, target[r]![a]!));
    },
  };
}

/** E g = ∇J. */
export const unbiased: Question = isMultiple({ n: 1n, d: 1n });

/**
 * E g is a multiple of ∇J: every entry is what the fitted factor ⟨E g, ∇J⟩/⟨∇J, ∇J⟩ makes of ∇J.
 */
export const parallel: Question = {
  shape: SMALL,
  isPadded: false,
  gaps<T>(setting: Setting<T>) {
    const { field } = setting;
    const episodes = setting.episodes(SMALL, false);
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

/** A number added to all rewards changes no entry of E g. */
export const baselineFree: Question = {
  shape: SMALL,
  isPadded: false,
  gaps(setting) {
    const { field, baseline } = setting;
    const episodes = setting.episodes(SMALL, false);
    const leaves = episodes.leaves.map((leaf) => ({ ...leaf, reward: field.add(leaf.reward, baseline) }));
    const without = gradient(setting, episodes);
    return sideBySide(episodes, gradient(setting, { ...episodes, leaves }), (r, a) => without[r]![a]!);
  },
};

/** A padding token in every attempt changes no entry of E g at first tokens and decisions. */
export const lengthFree: Question = {
  shape: PADDED,
  isPadded: true,
  gaps(setting) {
    const short = setting.episodes(SMALL, true);
    const long = setting.episodes(PADDED, true);
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

/** All tokens of a trajectory have the weight of its first token, in every group of the shape. */
export function balancedOn(shape: PolicyShape): Question {
  return {
    shape,
    isPadded: false,
    gaps<T>({ episodes, weightsOf }: Setting<T>) {
      const { leaves } = episodes(shape, false);
      return leaves.flatMap((first) =>
        leaves.flatMap((second) =>
          weightsOf([first, second]).flatMap((weights, i) =>
            weights.map((w, t) => ({
              place: `group "${first.key}", "${second.key}": trajectory ${i + 1}, token ${t + 1} against token 1`,
              found: w,
              expected: weights[0]!,
            })),
          ),
        ),
      );
    },
  };
}
