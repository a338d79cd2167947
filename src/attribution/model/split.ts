// The split of an objective's gradient over components, terms and groups of parameters, with the influence of every token on it.
import { type FloatType, type Shape, type Tensor, tensor } from '../../autodiff/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import {
  type DenseGradients,
  type Direction,
  denseReducer,
  gramReducer,
  influenceOf,
  type PassHooks,
  type Reducer,
  type ResponseBatch,
  tokenGradients,
  trajectoryReducer,
} from '../passes/index.ts';
import { UNIT_ROUNDOFF } from '../tolerance.ts';
import type { Gram } from './gram.ts';
import { forEachRange, type Groups, type Slice, slicesByPath } from './groups.ts';
import { labelName, type SeededLabel, totalSeeds } from './labels.ts';

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
  /** The largest |Σ_t w_t·⟨u_t, g⟩ − ‖g‖²| of a group, by ‖g‖² of all; NaN without influence. */
  readonly residual: number;
  /** What rounding explains of it; NaN without influence, or without the norms of trajectories, from which it is made. */
  readonly bound: number;
}

/** Keeps the results of passes, such as in a file, so that a split that was interrupted goes on. */
export interface PassStore {
  /** The numbers of a pass, [n] as many as it has: those that were kept, or what `compute` gives. */
  keep(name: string, compute: () => Promise<Float64Array>): Promise<Float64Array>;
}

/** Keeps nothing. */
export const NO_STORE: PassStore = { keep: (_, compute) => compute() };

/** Which influences are computed: on groups and labels, on groups alone without holding the gradients of all of them, or none. */
export type InfluenceScope = 'all' | 'groups' | 'none';

/** The gradient of a parameter on the host. */
interface HostValues {
  readonly shape: Shape;
  readonly dtype: FloatType;
  readonly values: ArrayLike<number>;
}

/** v restricted to some slices of parameters: 0 on all others. */
function directionOf(gradient: (path: string) => HostValues | undefined, slices: Iterable<Slice>): Direction {
  const byPath = new Map<string, Slice[]>();
  for (const slice of slices) byPath.set(slice.path, [...(byPath.get(slice.path) ?? []), slice]);
  return {
    load: (paths) =>
      Object.fromEntries(
        paths.flatMap((path): [string, Tensor][] => {
          const own = byPath.get(path);
          const whole = own === undefined ? undefined : gradient(path);
          return own === undefined || whole === undefined ? [] : [[path, cutOut(whole, own)]];
        }),
      ),
  };
}

/** The values of some slices of a gradient, and 0 elsewhere. */
function cutOut({ shape, dtype, values }: HostValues, slices: readonly Slice[]): Tensor {
  if (slices.some(({ axis }) => axis === undefined))
    return tensor(Float64Array.from(values), { shape, dtype });
  const kept = new Float64Array(values.length);
  for (const slice of slices) {
    forEachRange(shape, slice, (from, to) => {
      for (let e = from; e < to; e++) kept[e] = values[e]!;
    });
  }
  return tensor(kept, { shape, dtype });
}

/** The sum over labels of whole gradients, by path. */
function sumOver(found: DenseGradients, labels: readonly string[]): (path: string) => HostValues | undefined {
  return (path) => {
    const terms = labels.flatMap((label) => found[label]?.[path] ?? []);
    const [first] = terms;
    if (first === undefined) return undefined;
    const values = new Float64Array(first.values.length);
    for (const term of terms) for (let e = 0; e < values.length; e++) values[e]! += term.values[e]!;
    return { shape: first.shape, dtype: first.dtype === 'f64' ? 'f64' : 'f32', values };
  };
}

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

/**
 * Roundings on the longest way from a weight to a log-prob: each block adds up its width in six products, the width of its MLP, and the
 * keys of its context; the head adds up the width and the vocabulary.
 */
function roundings({ config: { width, layers, context, vocabulary } }: Network): number {
  return layers * (10 * width + context) + width + vocabulary;
}

/**
 * What rounding explains of the difference of two ways to ‖g‖²: the norms of the trajectories' gradients, whose sum is as large as what is
 * added up without cancellation, by γ(n) of the longest way there and back.
 */
function residualBound(
  network: Network,
  dtype: FloatType,
  trajectoryNorm: Float64Array,
  size: number,
): number {
  const unit = dtype === 'f64' ? UNIT_ROUNDOFF : 2 ** -24;
  const n = 2 * (roundings(network) + trajectoryNorm.length) * unit;
  const magnitude = trajectoryNorm.reduce((sum, x) => sum + x, 0);
  return ((n / (1 - n)) * magnitude) / size;
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
}

/** Σ over paths, [B]. */
function overPaths(byPath: Readonly<Record<string, Float64Array>>): Float64Array {
  return added(Object.values(byPath));
}

/**
 * Splits the gradient of an objective on a batch. The labels' gradients come from one stored forward pass and one labelled sweep; the
 * influence of all tokens on a group from one forward-mode pass each, along the gradient restricted to that group. The two meet in
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
  }: SplitOptions = {},
): Promise<Split> {
  const L = labels.length;
  const G = groups.names.length;
  const B = batch.offsets.length - 1;
  const names = labels.map(labelName);
  const seeds = Object.fromEntries(labels.map((label) => [labelName(label), label.seeds]));
  const total = totalSeeds(labels);
  const onLabels = asked === 'all' && L > 1 ? L : 0;
  // A sweep costs about as much as two passes forward.
  const work = 3 + (asked === 'none' ? 0 : G * (asked === 'groups' ? 4 : 1) + onLabels);
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

  let held: DenseGradients | undefined;
  const flat = await pass('gradients of the labels', 3, async (hooks) => {
    const { reducer, grams } = groupedGrams(groups);
    const trajectories = trajectoryReducer();
    const dense = denseReducer();
    await swept(
      seeds,
      [reducer, ...(withoutTrajectories === true ? [] : [trajectories]), ...(asked === 'all' ? [dense] : [])],
      hooks,
    );
    if (asked === 'all') held = dense.result();
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

  const wholeGradients = async (hooks: PassHooks): Promise<DenseGradients> => {
    if (held !== undefined) return held;
    const dense = denseReducer();
    await swept(seeds, [dense], hooks);
    held = dense.result();
    return held;
  };
  const influence: Float64Array[] = [];
  for (const [g, name] of asked === 'none' ? [] : groups.names.entries()) {
    const own = groups.slices.filter(({ group }) => group === g);
    const compute = async (hooks: PassHooks): Promise<Float64Array> => {
      if (asked === 'all') {
        const gradient = sumOver(await wholeGradients(hooks), names);
        return influenceOf(network, weights, batch, directionOf(gradient, own), hooks);
      }
      const paths = new Set(own.map(({ path }) => path));
      const dense = denseReducer((path) => paths.has(path));
      await swept({ all: total }, [dense], hooks);
      return influenceOf(network, weights, batch, directionOf(sumOver(dense.result(), ['all']), own), hooks);
    };
    influence.push(await pass(`influence on ${name}`, asked === 'groups' ? 4 : 1, compute));
  }
  const influenceOnLabel: Float64Array[] = [];
  for (const label of asked === 'all' ? names : []) {
    if (L === 1) influenceOnLabel.push(added(influence));
    else
      influenceOnLabel.push(
        await pass(`influence on ${label}`, 1, async (hooks) => {
          const gradient = sumOver(await wholeGradients(hooks), [label]);
          return influenceOf(network, weights, batch, directionOf(gradient, groups.slices), hooks);
        }),
      );
  }
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
    residual: isKnown ? residual / square : Number.NaN,
    bound:
      isKnown && withoutTrajectories !== true
        ? residualBound(network, weights.dtype, trajectoryNorm, Math.sqrt(square))
        : Number.NaN,
  };
}
