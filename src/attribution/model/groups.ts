// Groups of parameters: what the gradient is split over. A group is whole parameters or, for attention heads, slices of them.
import type { Shape } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import type { Network } from '../../nn/index.ts';

/** What a group is: a part of a block, a block, an attention head, or one tensor. */
export const GROUPINGS = ['group', 'layer', 'head', 'tensor'] as const;

/** The name of a grouping. */
export type Grouping = (typeof GROUPINGS)[number];

/** Part of a parameter that belongs to a group: rows or columns from … to − 1 of an axis, or all of it. */
export interface Slice {
  /** The index of the group. */
  readonly group: number;
  readonly path: string;
  /** The axis that is cut; left out where the parameter is whole. */
  readonly axis?: number;
  readonly from?: number;
  readonly to?: number;
}

/** Groups of the parameters of a network. Every value of every parameter is in exactly one. */
export interface Groups {
  readonly by: Grouping;
  readonly names: readonly string[];
  readonly slices: readonly Slice[];
  /** [groups] the number of values in each. */
  readonly sizes: readonly number[];
}

/** `block3.attention.query.weight` → `block3`, `attention`, …; a norm counts to the part that it feeds. */
function partOf(path: string): string {
  const [first, second] = path.split('.') as [string, string];
  if (!/^block\d+$/.test(first)) return first;
  if (second === 'norm1') return `${first}.attention`;
  return second === 'norm2' ? `${first}.mlp` : `${first}.${second}`;
}

/** How many heads a network has: of queries, and of keys and values. */
interface Heads {
  readonly queries: number;
  readonly keys: number;
}

function headsOf({ architecture, config }: Network): Heads {
  const queries = 'heads' in config ? config.heads : undefined;
  if (typeof queries !== 'number') {
    throw new InputError(`--by head: expected a network with attention heads, found ${architecture}`);
  }
  const keys = 'keyHeads' in config && typeof config.keyHeads === 'number' ? config.keyHeads : queries;
  return { queries, keys };
}

/** The matrices of attention whose rows or columns belong to heads. */
const OF_HEADS = /^(block\d+)\.attention\.(query|key|value|output)\.(weight|bias)$/;

/**
 * The heads that the slices of a parameter belong to, and the axis along which they lie; undefined if it belongs to none. Of a query, key
 * or value the outputs are cut, of an output matrix the inputs. Keys and values that several heads share are a group `keyValue` of
 * their own.
 */
function cutOf(
  path: string,
  shape: Shape,
  { queries, keys }: Heads,
  outputsFirst: boolean,
): { names: string[]; axis: number } | undefined {
  const found = OF_HEADS.exec(path);
  if (found === null) return undefined;
  const [, block, matrix, kind] = found;
  if (matrix === 'output' && kind === 'bias') return undefined;
  const shared = (matrix === 'key' || matrix === 'value') && keys !== queries;
  const outputs = shape.length === 1 || outputsFirst ? 0 : 1;
  const name = shared ? 'keyValue' : 'head';
  return {
    names: Array.from({ length: shared ? keys : queries }, (_, h) => `${block}.attention.${name}${h}`),
    axis: matrix === 'output' ? 1 - outputs : outputs,
  };
}

/**
 * The groups of a network's parameters, in the order of its layout. `group`: `embedding`, `block0.attention`, `block0.mlp`, …, `norm`,
 * `head`, where a norm counts to the part of the block that it feeds; `layer`: whole blocks; `head`: attention heads, with what belongs to
 * none of them (norms, the bias of the output) as `block0.attention`; `tensor`: every parameter by itself.
 * @throws InputError for `head` if the network has no attention heads
 * @example
 * ```ts
 * import { groupsOf } from 'gradsplit/attribution';
 * import { gpt2 } from 'gradsplit/nn';
 * const network = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * groupsOf(network, 'group').names; // → ['embedding', 'block0.attention', 'block0.mlp', 'norm']
 * ```
 */
export function groupsOf(network: Network, by: Grouping): Groups {
  const heads = by === 'head' ? headsOf(network) : undefined;
  const names: string[] = [];
  const sizes: number[] = [];
  const slices: Slice[] = [];
  const groupOf = (name: string, size: number): number => {
    const known = names.indexOf(name);
    const group = known === -1 ? names.push(name) - 1 : known;
    sizes[group] = (sizes[group] ?? 0) + size;
    return group;
  };
  // Rotary networks keep weights as [out, in], GPT-2 as [in, out].
  const outputsFirst = network.architecture !== 'gpt2';
  for (const { path, shape } of network.layout) {
    const size = shape.reduce((a, b) => a * b, 1);
    const cut = heads === undefined ? undefined : cutOf(path, shape, heads, outputsFirst);
    if (cut !== undefined) {
      const width = shape[cut.axis]! / cut.names.length;
      cut.names.forEach((name, h) => {
        const group = groupOf(name, size / cut.names.length);
        slices.push({ group, path, axis: cut.axis, from: h * width, to: (h + 1) * width });
      });
      continue;
    }
    const name = by === 'tensor' ? path : by === 'layer' ? path.split('.')[0]! : partOf(path);
    slices.push({ group: groupOf(name, size), path });
  }
  return { by, names, slices, sizes };
}

/** The slices by parameter. */
export function slicesByPath({ slices }: Pick<Groups, 'slices'>): ReadonlyMap<string, readonly Slice[]> {
  const byPath = new Map<string, Slice[]>();
  for (const slice of slices) byPath.set(slice.path, [...(byPath.get(slice.path) ?? []), slice]);
  return byPath;
}

/** Calls `visit` with ranges of the flat values of a parameter of this shape that belong to a slice, ascending. */
export function forEachRange(
  shape: Shape,
  { axis, from, to }: Slice,
  visit: (from: number, to: number) => void,
): void {
  const size = shape.reduce((a, b) => a * b, 1);
  if (axis === undefined || from === undefined || to === undefined) {
    visit(0, size);
    return;
  }
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const step = shape[axis]! * inner;
  for (let start = 0; start < size; start += step) visit(start + from * inner, start + to * inner);
}
