// The episodes of a small shape over any field, as formulas see them: trajectories with their probabilities, rewards and tokens.
import { type Arithmetic, sumOf } from '../../algebra/arithmetic.ts';
import type { FormulaToken, FormulaTrajectory } from '../../objectives/formulas/index.ts';
import { type Component, RESAMPLE } from '../../policy/component.ts';
import type { PolicyShape } from '../../policy/shape.ts';

/** The actions of one history. */
export interface Row<T> {
  /** The history as in a policy file; `padding` for the tokens after the first one of an attempt in the padding construction. */
  readonly key: string;
  readonly component: Component;
  readonly prob: readonly T[];
}

/** A token with its place in the table of the policy. */
export interface EpisodeToken<T> extends FormulaToken<T> {
  readonly row: number;
  readonly action: number;
}

/** A trajectory that may be drawn. */
export interface Episode<T> extends FormulaTrajectory<T> {
  readonly key: string;
  readonly probability: T;
  readonly tokens: readonly EpisodeToken<T>[];
}

/** All trajectories of a shape, and the rows of its policy. */
export interface Episodes<T> {
  readonly rows: readonly Row<T>[];
  readonly leaves: readonly Episode<T>[];
}

/** Where the numbers of a policy come from; rows and trajectories are named as in a policy file. */
export interface EpisodeSource<T> {
  prob(key: string, component: Component, width: number): readonly T[];
  /** π_old of the row; on policy π itself. */
  old(key: string, component: Component, width: number): readonly T[] | undefined;
  /** π_ref of the row. */
  reference(key: string, component: Component, width: number): readonly T[];
  /** V(h) of a critic. */
  value(key: string, component: Component): T;
  reward(key: string): T;
  /** ρ of a token; 1 where the old policy drew the tokens. */
  samplerRatio(): T;
}

interface Walk<T> {
  readonly attempts: readonly (readonly number[])[];
  readonly tokens: readonly EpisodeToken<T>[];
  readonly probability: T;
}

/**
 * The episodes of a shape.
 * @param isPadded whether the tokens after the first one of an attempt share one row, and nothing else depends on them
 */
export function episodesOf<T>(
  field: Arithmetic<T>,
  { attempts, length, vocabulary }: PolicyShape,
  source: EpisodeSource<T>,
  isPadded: boolean,
): Episodes<T> {
  const rows: Row<T>[] = [];
  const places = new Map<string, number>();
  const options = new Map<
    string,
    readonly (FormulaToken<T> & { readonly row: number; readonly action: number })[]
  >();
  const leaves: Episode<T>[] = [];

  /** What may come at a history, once for each. */
  const actionsOf = (key: string, component: Component, attempt: number) => {
    // Decisions and sample histories can have the same key only if they are the same history.
    const name = `${component} ${key} ${key === 'padding' ? attempt : ''}`;
    const known = options.get(name);
    if (known !== undefined) return known;
    const width = component === 'sample' ? vocabulary : 2;
    const rowName = `${component} ${key}`;
    let row = places.get(rowName);
    if (row === undefined) {
      row = rows.length;
      places.set(rowName, row);
      rows.push({ key, component, prob: source.prob(key, component, width) });
    }
    const place = row;
    const { prob } = rows[place]!;
    const old = source.old(key, component, width);
    const reference = source.reference(key, component, width);
    const value = source.value(key, component);
    const found = prob.map((p, action) => ({
      component,
      attempt,
      mask: true,
      prob: p,
      ratio: old === undefined ? field.number(1) : field.div(p, old[action]!),
      samplerRatio: source.samplerRatio(),
      refRatio: field.div(p, reference[action]!),
      value,
      row: place,
      action,
    }));
    options.set(name, found);
    return found;
  };

  const keyOf = (all: readonly (readonly number[])[]): string =>
    all.map((one) => (isPadded ? one.slice(0, 1) : one).join(',')).join('/');
  const end = ({ attempts: all, tokens, probability }: Walk<T>): void => {
    const key = keyOf(all);
    leaves.push({ key, probability, tokens, reward: source.reward(key), group: 0 });
  };
  const through = (walk: Walk<T>, token: EpisodeToken<T>, all: Walk<T>['attempts']): Walk<T> => ({
    attempts: all,
    tokens: [...walk.tokens, token],
    probability: field.mul(walk.probability, token.prob),
  });

  const decide = (walk: Walk<T>): void => {
    const attempt = walk.attempts.length - 1;
    if (walk.attempts.length === attempts) {
      end(walk);
      return;
    }
    for (const token of actionsOf(keyOf(walk.attempts), 'decision', attempt)) {
      const next = through(walk, token, walk.attempts);
      if (token.action === RESAMPLE) sample(next, []);
      else end(next);
    }
  };
  const sample = (walk: Walk<T>, current: readonly number[]): void => {
    if (current.length === length) {
      decide({ ...walk, attempts: [...walk.attempts, current] });
      return;
    }
    const before = walk.attempts.map((one) => `${keyOf([one])}/`).join('');
    const key = isPadded && current.length > 0 ? 'padding' : before + current.join(',');
    for (const token of actionsOf(key, 'sample', walk.attempts.length)) {
      sample(through(walk, token, walk.attempts), [...current, token.action]);
    }
  };
  sample({ attempts: [], tokens: [], probability: field.number(1) }, []);
  return { rows, leaves };
}

/** Weights by row and action: what is multiplied with ∇log π of each, in expectation. */
export type EdgeWeights<T> = readonly (readonly T[])[];

/** Zeros for every action of every row. */
export function noWeights<T>(field: Arithmetic<T>, { rows }: Episodes<T>): T[][] {
  return rows.map(({ prob }) => prob.map(() => field.number(0)));
}

/** Σ_a w(h,a)·∇log π(a|h) with respect to the logits of every row. */
export function gradientOf<T>(
  field: Arithmetic<T>,
  { rows }: Episodes<T>,
  weights: EdgeWeights<T>,
): EdgeWeights<T> {
  return rows.map(({ prob }, r) => {
    const all = sumOf(field, weights[r]!);
    return prob.map((p, a) => field.sub(weights[r]![a]!, field.mul(p, all)));
  });
}

/** ∇J by row and action: E[R·Σ_t u_t]. */
export function rewardGradient<T>(field: Arithmetic<T>, episodes: Episodes<T>): EdgeWeights<T> {
  const weights = noWeights(field, episodes);
  for (const { probability, reward, tokens } of episodes.leaves) {
    const part = field.mul(probability, reward);
    for (const { row, action } of tokens) weights[row]![action] = field.add(weights[row]![action]!, part);
  }
  return gradientOf(field, episodes, weights);
}
