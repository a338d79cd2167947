// The influence of every token on every label and group: gradients by reverse mode, each cut to its group, then one forward-mode pass along
// all of them. Groups are taken together as far as their gradients and what flows along them fit into memory.
import { type FloatType, type Shape, type Tensor, tensor } from '../../autodiff/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import {
  type Direction,
  type HostGradient,
  influencesOf,
  LARGEST_TABLE,
  type LabelDirections,
  type PassHooks,
  type ResponseBatch,
} from '../passes/index.ts';
import { forEachRange, type Groups, type Slice, slicesByPath } from './groups.ts';

/** Gradients on the host that are held at once, in bytes. */
export const GRADIENTS_AT_ONCE = 2 ** 30;

/** What flows along the directions of a pass, in bytes. */
export const FLOW_AT_ONCE = 2 ** 29;

/** Groups, by their indices, whose influences come from one pass. */
export interface GroupSweep {
  readonly groups: readonly number[];
  /** The parameters that they have parts of. */
  readonly paths: ReadonlySet<string>;
}

/** What decides how many groups one pass takes. */
interface SweepSizes {
  readonly network: Network;
  readonly groups: Groups;
  /** How many labels are told apart. */
  readonly labels: number;
  readonly batch: ResponseBatch;
  readonly dtype: FloatType;
  /** Bytes of gradients at once; 2³⁰ if left out. */
  readonly gradientsAtOnce?: number;
  /** Elements of the largest table of tokens whose gradient is held whole; 2²² if left out. */
  readonly largestTable?: number;
}

/** The groups in their order, as many together as memory has room for, and at least one. */
export function groupSweeps({
  network,
  groups,
  labels,
  batch,
  dtype,
  gradientsAtOnce = GRADIENTS_AT_ONCE,
  largestTable = LARGEST_TABLE,
}: SweepSizes): GroupSweep[] {
  const bytes = dtype === 'f64' ? 8 : 4;
  const sizes = new Map(
    network.layout.map(({ path, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const isTable = shape.length === 2 && shape[0] === network.config.vocabulary && size > largestTable;
      // Of a large table few rows are held.
      return [path, isTable ? 0 : size];
    }),
  );
  const rows = batch.inputs.reduce((sum, { ids }) => sum + ids.length, 0);
  const ofGroup = groups.names.map(() => new Set<string>());
  for (const { group, path } of groups.slices) ofGroup[group]!.add(path);
  const sweeps: { groups: number[]; paths: Set<string> }[] = [];
  for (const [g, own] of ofGroup.entries()) {
    const last = sweeps.at(-1);
    const together = new Set([...(last?.paths ?? []), ...own]);
    const values = [...together].reduce((sum, path) => sum + sizes.get(path)!, 0);
    const flow = ((last?.groups.length ?? 0) + 1) * labels * rows * network.config.width * bytes;
    const fits = values * labels * bytes <= gradientsAtOnce && flow <= FLOW_AT_ONCE;
    if (last !== undefined && fits) {
      last.groups.push(g);
      last.paths = together;
    } else sweeps.push({ groups: [g], paths: own });
  }
  return sweeps;
}

/** The values of some slices of a gradient, and 0 elsewhere. */
function cutOut({ shape, dtype, values }: HostGradient, slices: readonly Slice[]): Tensor {
  const of = { shape: shape as Shape, dtype: dtype as FloatType };
  if (slices.some(({ axis }) => axis === undefined)) return tensor(values, of);
  const kept = new Float64Array(values.length);
  for (const slice of slices) {
    forEachRange(shape, slice, (from, to) => {
      for (let e = from; e < to; e++) kept[e] = values[e]!;
    });
  }
  return tensor(kept, of);
}

/** The gradient of label l on the parameters of a group, and 0 on all others. */
function directionOf(
  { labels, dense, tables }: LabelDirections,
  l: number,
  slices: readonly Slice[],
): Direction {
  const byPath = slicesByPath({ slices: slices.filter(({ path }) => tables[path] === undefined) });
  const gradient = dense[labels[l]!]!;
  const path = slices.find((slice) => tables[slice.path] !== undefined)?.path;
  const { read, rows, throughHead } = tables[path ?? ''] ?? {};
  const table =
    path === undefined || read === undefined
      ? {}
      : { table: { path, read, rows: rows![l]!, throughHead: throughHead![l]! } };
  return {
    ...table,
    moves: (path) => byPath.has(path),
    load: (paths) =>
      Object.fromEntries(
        paths.flatMap((path): [string, Tensor][] => {
          const own = byPath.get(path);
          return own === undefined ? [] : [[path, cutOut(gradient[path]!, own)]];
        }),
      ),
  };
}

/** What the influences of a pass are of. */
export interface InfluenceInput {
  readonly network: Network;
  readonly weights: WeightSource;
  readonly batch: ResponseBatch;
  readonly groups: Groups;
}

/**
 * ⟨∇ log π_t, g_l⟩ of every token on the parameters of some groups.
 * @param gradients of the parameters that the groups have parts of
 * @returns [labels][groups of the sweep][N]
 */
export async function influencesOn(
  { network, weights, batch, groups }: InfluenceInput,
  sweep: GroupSweep,
  gradients: LabelDirections,
  hooks: PassHooks,
): Promise<Float64Array[][]> {
  const slices = sweep.groups.map((g) => groups.slices.filter(({ group }) => group === g));
  const directions = gradients.labels.flatMap((_, l) => slices.map((own) => directionOf(gradients, l, own)));
  const found = await influencesOf(network, weights, batch, directions, hooks);
  const G = slices.length;
  return gradients.labels.map((_, l) => found.slice(l * G, (l + 1) * G));
}
