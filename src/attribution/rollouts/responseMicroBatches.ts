// Cuts responses into micro-batches of at most so many tokens, which go through the network one after the other.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { partsOf } from '../../episodes/episodeBatch.ts';
import type { InputRectangle, ResponseBatch } from '../passes/responseBatch.ts';
import type { Responses } from './responses.ts';

/** Some trajectories as the network is given them, and where their tokens stand in the whole. */
export interface ResponseMicroBatch {
  readonly batch: ResponseBatch;
  /** [b] which trajectories they are. */
  readonly trajectories: Int32Array;
  /** [n] the indices of their response tokens in the whole. */
  readonly tokens: Int32Array;
}

/** How many tokens of a trajectory the network is given: all but the last. */
function inputLength({ trajectories }: Responses, i: number): number {
  return trajectories[i]!.length - 1;
}

/** Trajectories of similar lengths together, the shortest first, padded to at most `most` tokens. */
function groupsOf(responses: Responses, most: number): number[][] {
  const order = responses.trajectories.map((_, i) => i);
  order.sort((i, j) => inputLength(responses, i) - inputLength(responses, j) || i - j);
  const groups: number[][] = [];
  let group: number[] = [];
  for (const i of order) {
    const length = inputLength(responses, i);
    if (length > most) {
      const { file, line } = responses.trajectories[i]!.place;
      throw new InputError(
        `${showText(file)}: line ${line}: expected at most ${most} tokens, as many as a micro-batch may have, found ${length}`,
      );
    }
    if (group.length > 0 && (group.length + 1) * length > most) {
      groups.push(group);
      group = [];
    }
    group.push(i);
  }
  return [...groups, group];
}

/** [n·V] which tokens were legal. */
function legalOf(responses: Responses, tokensOf: readonly number[]): Uint8Array | undefined {
  const { layout, offsets } = responses;
  if (layout === undefined) return undefined;
  const V = layout.vocabulary;
  const places = tokensOf.flatMap((i) => Array.from({ length: offsets[i + 1]! - offsets[i]! }, (_, j) => j));
  const legal = new Uint8Array(places.length * V);
  for (const [t, j] of places.entries()) for (const token of layout.legal[j]!) legal[t * V + token] = 1;
  return legal;
}

/** The inputs of some trajectories in rectangles, and the row at which each of them begins, [b]. */
function layInputs(
  responses: Responses,
  group: readonly number[],
): { readonly inputs: InputRectangle[]; readonly starts: Int32Array } {
  const lengths = group.map((i) => inputLength(responses, i));
  const starts = new Int32Array(group.length);
  let rows = 0;
  const inputs = partsOf(lengths).map((part) => {
    const length = lengths[part.at(-1)!]!;
    const ids = new Int32Array(part.length * length);
    for (const [at, b] of part.entries()) {
      starts[b] = rows + at * length;
      const own = responses.trajectories[group[b]!]!.ids;
      ids.set(own.subarray(0, own.length - 1), at * length);
    }
    rows += ids.length;
    return { ids, length };
  });
  return { inputs, starts };
}

function microBatch(responses: Responses, group: readonly number[]): ResponseMicroBatch {
  const { trajectories, prompts, offsets } = responses;
  const { inputs, starts } = layInputs(responses, group);
  const ends = new Int32Array(group.length + 1);
  const rows: number[] = [];
  const targets: number[] = [];
  const tokens: number[] = [];
  for (const [b, i] of group.entries()) {
    const own = trajectories[i]!.ids;
    for (let t = prompts[i]!; t < own.length; t++) {
      rows.push(starts[b]! + t - 1);
      targets.push(own[t]!);
      tokens.push(offsets[i]! + t - prompts[i]!);
    }
    ends[b + 1] = rows.length;
  }
  const legal = legalOf(responses, group);
  return {
    batch: {
      inputs,
      offsets: ends,
      rows: Int32Array.from(rows),
      targets: Int32Array.from(targets),
      ...(legal === undefined ? {} : { legal }),
    },
    trajectories: Int32Array.from(group),
    tokens: Int32Array.from(tokens),
  };
}

/**
 * The responses in micro-batches, those of similar lengths together, the shortest first.
 * @param maxTokens how many tokens the network may be given at once, padding included; all if left out
 * @throws InputError naming file and line of a trajectory that has more by itself; for fewer than one token
 */
export function responseMicroBatches(
  responses: Responses,
  maxTokens: number = Number.POSITIVE_INFINITY,
): readonly ResponseMicroBatch[] {
  if (!(maxTokens >= 1)) throw new InputError(`maxTokens: expected at least 1, found ${maxTokens}`);
  return groupsOf(responses, maxTokens).map((group) => microBatch(responses, group));
}

/** Puts numbers by token of micro-batches, [n] each, where they belong in the whole, [N]. */
export function wholeOf(
  parts: readonly Pick<ResponseMicroBatch, 'tokens'>[],
  values: readonly Float64Array[],
): Float64Array {
  const out = new Float64Array(parts.reduce((total, { tokens }) => total + tokens.length, 0));
  for (const [p, { tokens }] of parts.entries())
    tokens.forEach((t, i) => {
      out[t] = values[p]![i]!;
    });
  return out;
}

/** The numbers of a micro-batch among those of the whole: [N] → [n]. */
export function partOf({ tokens }: Pick<ResponseMicroBatch, 'tokens'>, values: Float64Array): Float64Array {
  return Float64Array.from(tokens, (t) => values[t]!);
}
