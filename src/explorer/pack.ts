// The data of the explorer as one text that may stand in a page, and back.
import type {
  ExplorerData,
  ExplorerDecisions,
  ExplorerInfluence,
  ExplorerTokens,
  ExplorerTrajectories,
} from '../documents/explorer.ts';
import { bytes, floats, integers, type PackedColumn, packedJson } from './columns.ts';

type Packed<T> = T extends Float64Array | Int32Array | Uint8Array
  ? PackedColumn
  : T extends string | number | boolean | undefined
    ? T
    : { readonly [K in keyof T]: Packed<T[K]> };

/** The data with every column packed. */
export type PackedExplorer = Packed<ExplorerData>;

function isColumn(value: unknown): value is Float64Array | Int32Array | Uint8Array {
  return value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint8Array;
}

/** The JSON of a value with every column packed. Members that are undefined are left out. */
function* jsonOf(value: unknown): Generator<string> {
  if (isColumn(value)) yield* packedJson(value);
  else if (Array.isArray(value)) {
    yield '[';
    for (const [i, item] of value.entries()) {
      if (i > 0) yield ',';
      yield* jsonOf(item);
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    let separator = '{';
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      yield `${separator}${JSON.stringify(key)}:`;
      yield* jsonOf(member);
      separator = ',';
    }
    yield separator === '{' ? '{}' : '}';
  } else yield JSON.stringify(value ?? null);
}

/** Characters of a piece at least, but for the last one. */
const PIECE = 2 ** 16;

/** Few long pieces of many short ones. */
function* gathered(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  yield text;
}

/**
 * The data as JSON that may stand in a script element, piece by piece: no text in it can end the element, whatever it holds. Norms that
 * are no numbers become null.
 */
export function* explorerPieces(data: ExplorerData): Generator<string> {
  for (const piece of gathered(jsonOf(data))) yield piece.replaceAll('<', '\\u003c');
}

/** The same as one text. */
export function packExplorer(data: ExplorerData): string {
  return [...explorerPieces(data)].join('');
}

type Columns<T> = { readonly [K in keyof T]: PackedColumn };

/** Columns by name; one that is not there stays away. */
function each<T, N>(columns: Columns<T> | undefined, read: (column: PackedColumn) => N): Record<string, N> {
  return Object.fromEntries(
    Object.entries<PackedColumn>(columns ?? {}).map(([name, column]) => [name, read(column)]),
  );
}

function optional<Name extends string>(
  name: Name,
  column: PackedColumn | undefined,
): { readonly [N in Name]?: Float64Array } {
  if (column === undefined) return {};
  const found: { [N in Name]?: Float64Array } = {};
  found[name] = floats(column);
  return found;
}

function trajectoriesOf(packed: Packed<ExplorerTrajectories>): ExplorerTrajectories {
  return {
    offsets: integers(packed.offsets),
    file: integers(packed.file),
    line: integers(packed.line),
    group: integers(packed.group),
    step: floats(packed.step),
    reward: floats(packed.reward),
    rewards: each(packed.rewards, floats),
    advantage: floats(packed.advantage),
    correct: bytes(packed.correct),
    truncated: bytes(packed.truncated),
    ...optional('norm', packed.norm),
    ...optional('alignment', packed.alignment),
  };
}

function tokensOf(packed: Packed<ExplorerTokens>): ExplorerTokens {
  return {
    text: integers(packed.text),
    role: bytes(packed.role),
    mask: bytes(packed.mask),
    attempt: integers(packed.attempt),
    ...optional('logProb', packed.logProb),
    ...optional('oldLogProb', packed.oldLogProb),
    ...optional('refLogProb', packed.refLogProb),
    ...optional('samplerLogProb', packed.samplerLogProb),
    ...optional('value', packed.value),
    ...optional('advantage', packed.advantage),
    ...optional('loggedWeight', packed.loggedWeight),
    ...(packed.weights === undefined ? {} : { weights: each(packed.weights, floats) }),
  };
}

function influenceOf({
  labels,
  groups,
  norm,
  total,
  onGroup,
  onLabel,
  onPair,
}: Packed<ExplorerInfluence>): ExplorerInfluence {
  return {
    labels,
    groups,
    norm,
    total: floats(total),
    onGroup: onGroup.map(floats),
    onLabel: onLabel.map(floats),
    onPair: onPair.map((byGroup) => byGroup.map(floats)),
  };
}

function decisionsOf({ token, stop, resample }: Packed<ExplorerDecisions>): ExplorerDecisions {
  return { token: integers(token), stop: floats(stop), resample: floats(resample) };
}

/** The data that `packExplorer` packed, to the bit. */
export function unpackExplorer(packed: PackedExplorer): ExplorerData {
  const { influence, trajectories, tokens, decisions, ...plain } = packed;
  return {
    ...plain,
    trajectories: trajectoriesOf(trajectories),
    tokens: tokensOf(tokens),
    decisions: decisionsOf(decisions),
    ...(influence === undefined ? {} : { influence: influenceOf(influence) }),
  };
}
