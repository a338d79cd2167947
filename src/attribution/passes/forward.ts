// The residual stream of all inputs, block by block: only one block's parameters are in memory, and what a block makes inside is freed.
import {
  concat,
  gather,
  indices,
  type Parameters,
  reshape,
  scope,
  type Tensor,
} from '../../autodiff/index.ts';
import type { Block, Network, WeightSource } from '../../nn/index.ts';
import { holding } from './held.ts';
import type { InputRectangle, ResponseBatch } from './responseBatch.ts';

/** What a pass goes over. */
export interface Passage {
  readonly network: Network;
  readonly weights: WeightSource;
  readonly batch: ResponseBatch;
}

/** The tokens of a rectangle, i32 [b, T]. */
export function idsOf({ ids, length }: InputRectangle): Tensor {
  return reshape(indices(ids), [ids.length / length, length]);
}

/** Block l of sequences of this length. */
export function blockAt({ network, weights }: Passage, length: number, l: number): Block {
  return network.blocks(length, weights.dtype)[l]!;
}

/** The parameters of block l. */
export function blockPaths({ network, weights }: Passage, l: number): readonly string[] {
  return scope(() => network.blocks(1, weights.dtype)[l]!.paths);
}

/** Runs a body with the parameters that it reads, which are freed after it, as is all but what it returns. */
export function withParameters<T>(
  { weights }: Passage,
  paths: readonly string[],
  body: (parameters: Parameters) => T,
): T {
  return scope(() => body(weights.load(paths)));
}

/** The rows that go into the first block, [b·T, d] per rectangle; the caller frees them. */
export function embedded(passage: Passage): Tensor[] {
  const { network, batch } = passage;
  return holding(() =>
    withParameters(passage, network.paths.embed, (parameters) =>
      batch.inputs.map((part) => scope(() => network.embed(parameters, idsOf(part)))),
    ),
  );
}

/** The rows after block l, [b·T, d] per rectangle; the caller frees them. */
export function afterBlock(passage: Passage, l: number, streams: readonly Tensor[]): Tensor[] {
  const { batch } = passage;
  const paths = blockPaths(passage, l);
  return holding(() =>
    withParameters(passage, paths, (parameters) =>
      batch.inputs.map(({ length }, i) =>
        scope(() => blockAt(passage, length, l).apply(parameters, streams[i]!)),
      ),
    ),
  );
}

/** The rows that predict response tokens, [N, d], of the rows of all rectangles. */
export function responseRows(streams: readonly Tensor[], rows: Int32Array): Tensor {
  return gather(streams.length === 1 ? streams[0]! : concat(streams, 0), indices(rows));
}

/** Elements of logits that are in memory at once. */
export const LOGITS_AT_ONCE = 2 ** 25;

/** Ranges of response tokens whose logits are in memory at the same time. */
export function headRanges(
  { network, batch }: Passage,
  logitsAtOnce = LOGITS_AT_ONCE,
): (readonly [from: number, to: number])[] {
  const total = batch.targets.length;
  const most = Math.max(1, Math.floor(logitsAtOnce / network.config.vocabulary));
  const parts = Math.ceil(total / most);
  return Array.from({ length: parts }, (_, i) => [
    Math.floor((i * total) / parts),
    Math.floor(((i + 1) * total) / parts),
  ]);
}
