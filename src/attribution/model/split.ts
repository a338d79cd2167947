// The split of an objective's gradient over components, terms and groups of parameters, with the influence of every token on it.
import type { Network, WeightSource } from '../../nn/index.ts';
import {
  directionReducer,
  gramReducer,
  type LabelDirections,
  type PassHooks,
  type Reducer,
  type ResponseBatch,
  tokenGradients,
  trajectoryReducer,
} from '../passes/index.ts';
import type { Gram } from './gram.ts';
import { type Groups, slicesByPath } from './groups.ts';
import { groupSweeps, influencesOn } from './influences.ts';
import { labelName, type SeededLabel, totalSeeds } from './labels.ts';
import { residualBound } from './residualBound.ts';

/** What a split gives. */
export interface Split {
  readonly labels: readonly SeededLabel[];
  readonly groups: Groups;
  /** [groups][L·L] ⟨g_l, g_m⟩ on the parameters of a group. */
  readonly gramByGroup: readonly Gram[];
  /** [L·L] the same on all parameters: the sum over groups. */
  readonly gram: Gram;
  /** [B] ‖g_i‖ of the gradient of each trajectory. */
  readonly trajectoryNorm: Float64Array;
  /** [B] ⟨g_i, g⟩ with the gradient of the batch. */
  readonly alignment: Float64Array;
  /** [groups][N] ⟨u_t, g⟩ on the parameters of a group, with u_t = ∇ log π_t; none where it was not asked for. */
  readonly influence: readonly Float64Array[];
  /** [L][N] ⟨u_t, g_l⟩ on all parameters; none where it was not asked for. */
  readonly influenceOnLabel: readonly Float64Array[];
  /** [L][groups][N] ⟨u_t, g_l⟩ on the parameters of a group; none where it was not asked for. */
  readonly influenceOnPair: readonly (readonly Float64Array[])[];
  /** The largest |Σ_t w_t·⟨u_t, g⟩ − ‖g‖²| of a group, by ‖g‖² of all; NaN without influence. */
  readonly residual: number;
  /** What rounding explains of it, statistically; NaN without influence, or without the norms of trajectories, from which it is made. */
  readonly bound: number;
}

/** Keeps the results of passes, such as in a file, so that a split that was interrupted goes on. */
export interface PassStore {
  /** The numbers of a pass, [n] as many as it has: those that were kept, or what `compute` gives. */
  keep(name: string, compute: () => Promise<Float64Array>): Promise<Float64Array>;
}

/** Keeps nothing. */
export const NO_STORE: PassStore = { keep: (_, compute) => compute() };

/** Which influences are computed: on every label and group, on groups alone, or none. */
export type InfluenceScope = 'all' | 'groups' | 'none';

/** The Gram matrices of groups from one pass, with pieces of parameters named by their groups. */
function groupedGrams(groups: Groups): { reducer: ReturnType<typeof gramReducer>; grams(L: number): Gram[] } {
  const slices = slicesByPath(groups);
  const reducer = gramReducer((path) => {
    const own = slices.get(path)!;
    if (own.some(({ axis }) => axis === undefined)) return undefined;
    return own.map(({ group, axis, from, to }) => ({
      name: `${path} ${group}`,
      axis: axis!,
      from: from!,
      to: to!,
    }));
  });
  return {
    reducer,
    grams: (L) => {
      const { gram } = reducer.result();
      const grams = groups.names.map(() => new Float64Array(L * L));
      for (const { path, group, axis } of groups.slices) {
        const own = gram[axis === undefined ? path : `${path} ${group}`]!;
        for (let e = 0; e < own.length; e++) grams[group]![e]! += own[e]!;
      }
      return grams;
    },
  };
}

/** Σ_t a_t·b_t. */
function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t]! * b[t]!;
  return sum;
}

/** The sum of arrays of one length. */
function added(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(arrays[0]!.length);
  for (const array of arrays) for (let e = 0; e < sum.length; e++) sum[e]! += array[e]!;
  return sum;
}

/** What a split is made of. */
export interface SplitInput {
  readonly network: Network;
  readonly weights: WeightSource;
  readonly batch: ResponseBatch;
  readonly labels: readonly SeededLabel[];
  readonly groups: Groups;
}

/** How to split. */
export interface SplitOptions {
  /** Called as passes go on, with the share that is done and what is being done. */
  readonly onProgress?: (share: number, what: string) => void | Promise<void>;
  /** Ends the split between two steps of a pass. */
  readonly signal?: PassHooks['signal'];
  /** Keeps results of passes; they are computed anew if left out. */
  readonly store?: PassStore;
  /** `all` if left out. */
  readonly influence?: InfluenceScope;
  /** Whether norms of trajectories are left out. */
  readonly withoutTrajectories?: boolean;
  /** Bytes of gradients that are held at once; 2³⁰ if left out. What does not fit is computed again. */
  readonly gradientsAtOnce?: number;
  /** Elements of the largest table of tokens whose gradient is made for each label; 2²² if left out. */
  readonly largestTable?: number;
}

/** The hooks of a part of a pass. */
function partOf({ onProgress, ...hooks }: PassHooks, from: number, to: number): PassHooks {
  return {
    ...hooks,
    ...(onProgress === undefined
      ? {}
      : { onProgress: (done, total) => onProgress(from * total + (to - from) * done, total) }),
  };
}

/** Σ over paths, [B]. */
function overPaths(byPath: Readonly<Record<string, Float64Array>>): Float64Array {
  return added(Object.values(byPath));
}

/**
 * Splits the gradient of an objective on a batch. The labels' gradients come from one stored forward pass and one labelled sweep; the
 * influence of all tokens on every label and group from one forward-mode pass, along the gradients restricted to groups. The two meet in
 *
 *     Σ_t w_t·⟨u_t, g⟩ = ‖g‖² = Σ_l Σ_m ⟨g_l, g_m⟩   for every group,
 *
 * left: forward mode with the weights of the objective; right: the Gram matrix of the labels. The residual is the largest difference.
 * @throws InputError if the batch does not fit the network; what `signal` throws
 * @example
 * ```ts
 * import { groupsOf, splitByGroup } from 'gradsplit/attribution';
 * import { gpt2, weightsInMemory } from 'gradsplit/nn';
 * import { randomStream } from 'gradsplit/random';
 * const network = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * const weights = weightsInMemory(network.initial(randomStream(1, 'model'), 'f64'));
 * // One response of three tokens after a prompt of two; the last token is the decision.
 * const batch = {
 *   inputs: [{ ids: Int32Array.of(3, 1, 4, 0), length: 4 }], offsets: Int32Array.of(0, 3),
 *   rows: Int32Array.of(1, 2, 3), targets: Int32Array.of(4, 0, 2),
 * };
 * const labels = [
 *   { component: 'sample', term: 'policy', seeds: Float64Array.of(1, 1, 0) },
 *   { component: 'decision', term: 'policy', seeds: Float64Array.of(0, 0, 1) },
 * ];
 * const { gram, residual, bound } = await splitByGroup({ network, weights, batch, labels, groups: groupsOf(network, 'group') });
 * gram.length; // → 4
 * residual <= bound; // → true
 * ```
 */
export async function splitByGroup(
  { network, weights, batch, labels, groups }: SplitInput,
  {
    onProgress = () => {},
    signal,
    store = NO_STORE,
    influence: asked = 'all',
    withoutTrajectories,
    gradientsAtOnce,
    largestTable,
  }: SplitOptions = {},
): Promise<Split> {
  const L = labels.length;
  const G = groups.names.length;
  const B = batch.offsets.length - 1;
  const N = batch.targets.length;
  const seeds = Object.fromEntries(labels.map((label) => [labelName(label), label.seeds]));
  const total = totalSeeds(labels);
  const told = asked === 'all' ? L : 1;
  const sweeps =
    asked === 'none'
      ? []
      : groupSweeps({
          ...{ network, groups, labels: told, batch, dtype: weights.dtype },
          ...(gradientsAtOnce === undefined ? {} : { gradientsAtOnce }),
          ...(largestTable === undefined ? {} : { largestTable }),
        });
  const isHeld = asked === 'all' && sweeps.length === 1;
  // A sweep backward costs about two passes forward for each label, and a direction half of one.
  const backward = 1 + 2 * L;
  const costOf = (count: number): number => (isHeld ? 0 : 1 + 2 * told) + 1 + (told * count) / 2;
  const work = backward + sweeps.reduce((sum, one) => sum + costOf(one.groups.length), 0);
  let done = 0;
  const pass = async (
    name: string,
    cost: number,
    compute: (hooks: PassHooks) => Promise<Float64Array>,
  ): Promise<Float64Array> => {
    await onProgress(done / work, name);
    const within: PassHooks = {
      onProgress: (k, n) => onProgress((done + (cost * k) / n) / work, name),
      ...(signal === undefined ? {} : { signal }),
      ...(largestTable === undefined ? {} : { largestTable }),
    };
    const result = await store.keep(name, () => compute(within));
    done += cost;
    return result;
  };
  /** Sweeps backward, and gives what a reducer makes of the gradients of these labels. */
  const swept = async (
    own: Readonly<Record<string, Float64Array>>,
    reducers: readonly Reducer<unknown>[],
    hooks: PassHooks,
  ) => tokenGradients(network, weights, batch, own, reducers, hooks);

  let held: LabelDirections | undefined;
  const flat = await pass('gradients of the labels', backward, async (hooks) => {
    const { reducer, grams } = groupedGrams(groups);
    const trajectories = trajectoryReducer();
    const directions = directionReducer();
    await swept(
      seeds,
      [reducer, ...(withoutTrajectories === true ? [] : [trajectories]), ...(isHeld ? [directions] : [])],
      hooks,
    );
    if (isHeld) held = directions.result();
    const all = new Float64Array(G * L * L + 2 * B);
    grams(L).forEach((gram, g) => void all.set(gram, g * L * L));
    if (withoutTrajectories !== true) {
      const { squaredNorm, withBatch } = trajectories.result();
      all.set(overPaths(squaredNorm).map(Math.sqrt), G * L * L);
      all.set(overPaths(withBatch), G * L * L + B);
    }
    return all;
  });
  const gramByGroup = groups.names.map((_, g) => flat.slice(g * L * L, (g + 1) * L * L));
  const gram = added(gramByGroup);
  const trajectoryNorm = flat.slice(G * L * L, G * L * L + B);
  const alignment = flat.slice(G * L * L + B);

  const onPair: Float64Array[][] = Array.from({ length: told }, () => []);
  for (const sweep of sweeps) {
    const own = sweep.groups.map((g) => groups.names[g]!);
    const name = `influence on ${own.length === 1 ? own[0] : `${own[0]} to ${own.at(-1)}`}`;
    const numbers = await pass(name, costOf(own.length), async (hooks) => {
      let gradients = held;
      if (gradients === undefined) {
        const directions = directionReducer((path) => sweep.paths.has(path));
        await swept(asked === 'all' ? seeds : { all: total }, [directions], partOf(hooks, 0, 0.5));
        gradients = directions.result();
      }
      const later = held === undefined ? partOf(hooks, 0.5, 1) : hooks;
      const found = await influencesOn({ network, weights, batch, groups }, sweep, gradients, later);
      const flat = new Float64Array(told * own.length * N);
      found.flat().forEach((x, k) => void flat.set(x, k * N));
      return flat;
    });
    for (const [l, of] of onPair.entries()) {
      for (const k of own.keys())
        of.push(numbers.slice((l * own.length + k) * N, (l * own.length + k + 1) * N));
    }
  }
  const influence = asked === 'none' ? [] : groups.names.map((_, g) => added(onPair.map((of) => of[g]!)));
  const influenceOnPair = asked === 'all' ? onPair : [];
  const influenceOnLabel = influenceOnPair.map(added);
  await onProgress(1, '');
  const square = gram.reduce((sum, x) => sum + x, 0);
  const residual = influence.reduce((most, own, g) => {
    const found = gramByGroup[g]!.reduce((sum, x) => sum + x, 0);
    return Math.max(most, Math.abs(inner(total, own) - found));
  }, 0);
  const isKnown = influence.length > 0 && square > 0;
  return {
    labels,
    groups,
    gramByGroup,
    gram,
    trajectoryNorm,
    alignment,
    influence,
    influenceOnLabel,
    influenceOnPair,
    residual: isKnown ? residual / square : Number.NaN,
    bound:
      isKnown && withoutTrajectories !== true
        ? residualBound(network, {
            dtype: weights.dtype,
            rows: batch.inputs.reduce((sum, { ids }) => sum + ids.length, 0),
            longest: batch.inputs.reduce((most, { length }) => Math.max(most, length), 0),
            trajectoryNorm,
            size: Math.sqrt(square),
          })
        : Number.NaN,
  };
}
