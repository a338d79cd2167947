// How far steps in the parameters move every token, to first order: tangents flow through the network block by block. Every block runs once
// for all directions. The head treats every row alone, so that one cotangent for each row serves all of them.
import {
  type FloatType,
  gather,
  grad,
  type HostArray,
  indices,
  linearise,
  mul,
  type Parameters,
  scope,
  slice,
  sum,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import {
  blockAt,
  blockPaths,
  headRanges,
  idsOf,
  type Passage,
  responseRows,
  withParameters,
} from './forward.ts';
import { logProbRows } from './headRows.ts';
import { free, held, holding } from './held.ts';
import { type PassHooks, steps } from './hooks.ts';
import { checkResponseBatch, type ResponseBatch } from './responseBatch.ts';

/** A direction in parameter space, given part by part: paths that it leaves out do not move. */
export interface Direction {
  /** The tangents of those of these parameters that move. What is made for it belongs to the scope around. */
  load(paths: readonly string[]): Parameters;
  /** Whether a parameter may move; nothing is computed before the first that does. If left out, all may. */
  moves?(path: string): boolean;
  /** How a large table of tokens moves, which `load` leaves out. */
  readonly table?: TableDirection;
}

/** A direction of a table of tokens, as far as it moves the response tokens. */
export interface TableDirection {
  readonly path: string;
  /** [U] the tokens that are looked up: all of the batch. */
  readonly read: Int32Array;
  /** [U·d] how their rows move; without entries they do not. */
  readonly rows: ArrayLike<number>;
  /** [N] how the output layer moves log π_t. */
  readonly throughHead: Float64Array;
}

/** The input among the leaves; no path is called so. */
const INPUT = ' input';

/** What flows through the network: the rows of every rectangle, and by direction how they move; undefined: not at all. */
interface Flow {
  readonly values: readonly Tensor[];
  readonly tangents: readonly (readonly (Tensor | undefined)[])[];
}

function freeFlow({ values, tangents }: Flow): void {
  free(values);
  for (const some of tangents) free(some);
}

/** A part of the network: of rows of its input, and its parameters, to rows. */
interface Part {
  readonly paths: readonly string[];
  run(parameters: Parameters, rectangle: number, input: Tensor | undefined): Tensor;
  /** A table of which it has the rows that are looked up instead of all. */
  readonly table?: string;
}

function movesIn({ moves, table }: Direction, { paths, table: cut }: Pick<Part, 'paths' | 'table'>): boolean {
  if (cut !== undefined && table?.path === cut && table.rows.length > 0) return true;
  return moves === undefined || paths.some((path) => moves(path));
}

/** The tangent of the rows of a table. */
function tableTangent({ path, read, rows }: TableDirection, dtype: FloatType): Parameters {
  return { [path]: tensor(rows as HostArray, { shape: [read.length, rows.length / read.length], dtype }) };
}

/** The tangents of a part's parameters, and of its input where it moves. */
function along(
  direction: Direction,
  part: Pick<Part, 'paths' | 'table'>,
  input: Tensor | undefined,
  dtype: FloatType,
): Parameters | undefined {
  const moves = movesIn(direction, part);
  const { table } = direction;
  const all = {
    ...(moves ? direction.load(part.paths) : {}),
    ...(moves && table !== undefined && table.path === part.table ? tableTangent(table, dtype) : {}),
    ...(input === undefined ? {} : { [INPUT]: input }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** Sends a rectangle through a part, and the tangents of all directions after it. Without a direction nothing is recorded. */
function pushRectangle(
  part: Part,
  parameters: Parameters,
  rectangle: number,
  flow: Flow,
  directions: readonly Direction[],
): { value: Tensor; tangents: (Tensor | undefined)[] } {
  const { run } = part;
  const input = flow.values[rectangle];
  const before = directions.map((_, k) => flow.tangents[k]?.[rectangle]);
  const isMoving = directions.some((one, k) => before[k] !== undefined || movesIn(one, part));
  if (!isMoving) {
    return { value: scope(() => held(run(parameters, rectangle, input))), tangents: [] };
  }
  const tangents: (Tensor | undefined)[] = [];
  try {
    return scope(() => {
      const leaves = { ...parameters, ...(input === undefined ? {} : { [INPUT]: input }) };
      const { value, push } = linearise(
        ({ [INPUT]: x, ...some }: Parameters) => run(some, rectangle, x),
        leaves,
      );
      for (const [k, direction] of directions.entries()) {
        tangents.push(
          scope(() => {
            const own = along(direction, part, before[k], value.dtype as FloatType);
            return own && held(push(own));
          }),
        );
      }
      return { value: held(value), tangents };
    });
  } catch (error) {
    free(tangents);
    throw error;
  }
}

/** Sends what flows through a part of the network; the caller frees both. */
function pushThrough(passage: Passage, part: Part, flow: Flow, directions: readonly Direction[]): Flow {
  const values: Tensor[] = [];
  const tangents: (Tensor | undefined)[][] = directions.map(() => []);
  try {
    withParameters(passage, part.paths, (loaded) => {
      const { table } = part;
      const read = directions.find((one) => one.table?.path === table)?.table?.read;
      const parameters =
        table === undefined || read === undefined
          ? loaded
          : { ...loaded, [table]: gather(loaded[table]!, indices(read)) };
      for (const i of passage.batch.inputs.keys()) {
        const found = pushRectangle(part, parameters, i, flow, directions);
        values.push(found.value);
        for (const [k, own] of tangents.entries()) own.push(found.tangents[k]);
      }
    });
    return { values, tangents };
  } catch (error) {
    freeFlow({ values, tangents });
    throw error;
  }
}

/** The rows that predict response tokens, and how they move. */
function rowsOf({ values, tangents }: Flow, { rows }: ResponseBatch): Flow {
  const [first] = holding(() => [responseRows(values, rows)]);
  const found: (Tensor | undefined)[][] = [];
  try {
    for (const own of tangents) {
      // A direction moves all rectangles or none.
      const moving = own.flatMap((x) => x ?? []);
      found.push(moving.length === 0 ? [undefined] : holding(() => [responseRows(moving, rows)]));
    }
    return { values: [first!], tangents: found };
  } catch (error) {
    freeFlow({ values: [first!], tangents: found });
    throw error;
  }
}

/** Adds what the head makes of tokens from … to − 1: ⟨∂ log π_t/∂x_t, ẋ_t⟩ of the rows, and what its own parameters do. */
function pushHead(
  passage: Passage,
  { values: [rows], tangents }: Flow,
  directions: readonly Direction[],
  [from, to]: readonly [from: number, to: number],
  influences: readonly Float64Array[],
): void {
  const { network, batch } = passage;
  const cut = (x: Tensor): Tensor => slice(x, [from, 0], [to, network.config.width]);
  const { head } = network.paths;
  const addTo = (k: number, found: ArrayLike<number>): void => {
    for (let t = from; t < to; t++) influences[k]![t]! += found[t - from]!;
  };
  withParameters(passage, head, (parameters) => {
    const logProbs = (p: Parameters, x: Tensor): Tensor => logProbRows(network, p, x, batch, from, to);
    if (tangents.some(([own]) => own !== undefined)) {
      scope(() => {
        const { x: cotangent } = grad(({ x }: { x: Tensor }) => sum(logProbs(parameters, x)))({
          x: cut(rows!),
        });
        for (const [k, [own]] of tangents.entries()) {
          if (own !== undefined) addTo(k, scope(() => sum(mul(cotangent, cut(own)), -1)).readSync());
        }
      });
    }
    for (const [k, { table }] of directions.entries()) {
      if (table !== undefined) addTo(k, table.throughHead.subarray(from, to));
    }
    const part = { paths: head };
    if (!directions.some((one) => movesIn(one, part))) return;
    scope(() => {
      const x = cut(rows!);
      const { push } = linearise((p: Parameters) => logProbs(p, x), parameters);
      for (const [k, direction] of directions.entries()) {
        scope(() => {
          const own = along(direction, part, undefined, passage.weights.dtype);
          if (own !== undefined) addTo(k, push(own).readSync());
        });
      }
    });
  });
}

/** The first part. Where a large table moves, it has the rows that are looked up, and tokens are their places among these. */
function embedding(network: Network, { inputs }: ResponseBatch, directions: readonly Direction[]): Part {
  const { embed: paths } = network.paths;
  const table = directions.flatMap((one) => one.table ?? []).find(({ path }) => paths.includes(path));
  if (table === undefined) return { paths, run: (p, i) => network.embed(p, idsOf(inputs[i]!)) };
  const places = new Map(Array.from(table.read, (id, place) => [id, place]));
  const inPlaces = inputs.map(({ ids, length }) => ({ ids: ids.map((id) => places.get(id)!), length }));
  return { paths, table: table.path, run: (p, i) => network.embed(p, idsOf(inPlaces[i]!)) };
}

/**
 * ⟨∇log π_t, v⟩ for every response token t and several directions v, by one forward-mode pass, block by block. In memory are, besides one
 * block and what it makes inside, the residual stream and how it moves along each direction.
 * @returns [directions][N]
 * @throws InputError if the batch does not fit the network, or a parameter cannot be loaded; ShapeError if a tangent does not fit its
 * parameter; what the hooks throw
 */
export async function influencesOf(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  directions: readonly Direction[],
  hooks: PassHooks = {},
): Promise<Float64Array[]> {
  checkResponseBatch(batch, network.config);
  const passage: Passage = { network, weights, batch };
  const { layers } = network.config;
  const ranges = headRanges(passage, hooks.logitsAtOnce);
  const parts: Part[] = [
    embedding(network, batch, directions),
    ...Array.from(
      { length: layers },
      (_, l): Part => ({
        paths: blockPaths(passage, l),
        run: (p, i, x) => blockAt(passage, batch.inputs[i]!.length, l).apply(p, x!),
      }),
    ),
  ];
  // A step costs as much as there are directions that move by then.
  const moving = parts.map(
    (_, n) => directions.filter((one) => parts.slice(0, n + 1).some((part) => movesIn(one, part))).length,
  );
  const work = moving.reduce((total, n) => total + 1 + n, 0) + ranges.length * 3;
  const step = steps(hooks, work);
  const influences = directions.map(() => new Float64Array(batch.targets.length));
  let flow: Flow = { values: [], tangents: directions.map(() => []) };
  try {
    for (const [n, part] of parts.entries()) {
      const next = pushThrough(passage, part, flow, directions);
      freeFlow(flow);
      flow = next;
      await step(1 + moving[n]!);
    }
    const rows = rowsOf(flow, batch);
    freeFlow(flow);
    flow = rows;
    for (const range of ranges) {
      pushHead(passage, flow, directions, range, influences);
      await step(3);
    }
    return influences;
  } finally {
    freeFlow(flow);
  }
}

/**
 * ⟨∇log π_t, v⟩ for every response token t; see `influencesOf`.
 * @returns [N]
 */
export async function influenceOf(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  direction: Direction,
  hooks: PassHooks = {},
): Promise<Float64Array> {
  const [found] = await influencesOf(network, weights, batch, [direction], hooks);
  return found!;
}
