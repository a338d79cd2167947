// Computes logits of legal tokens, log-probabilities and entropies for the tokens of a batch.
import {
  concat,
  crossEntropy,
  exp,
  gather,
  indices,
  logSoftmax,
  mul,
  neg,
  type Parameters,
  reshape,
  scope,
  sum,
  type Tensor,
  tensor,
  where,
} from '../autodiff/index.ts';
import type { Network } from '../nn/index.ts';
import type { EpisodeBatch } from './episodeBatch.ts';
import { type MicroBatch, microBatches } from './microBatches.ts';

/**
 * The logit of an illegal token. It is far below every logit, yet finite: its exponential is 0 in float32 and float64, and no difference
 * of two such values is NaN.
 */
export const IMPOSSIBLE = -1e9;

/**
 * Says which rows of the outputs of each input are asked for, ascending, and at which place of all these rows each token has its own.
 * @param rows [n] counted over the outputs of all inputs
 */
function rowsByInput(
  inputs: MicroBatch['inputs'],
  rows: Int32Array,
): { readonly order: Int32Array; readonly own: readonly Int32Array[] } {
  const byRow = Int32Array.from(rows, (_, t) => t).sort((a, b) => rows[a]! - rows[b]!);
  const order = new Int32Array(rows.length);
  for (const [place, t] of byRow.entries()) order[t] = place;
  let [next, start] = [0, 0];
  const own = inputs.map(({ ids }) => {
    const [from, first] = [next, start];
    start += ids.length;
    while (next < byRow.length && rows[byRow[next]!]! < start) next++;
    return byRow.slice(from, next).map((t) => rows[t]! - first);
  });
  return { order, own };
}

/**
 * Returns the logits of the response tokens of a batch or of a micro-batch, [N, V], differentiable in the
 * parameters. Illegal tokens have probability 0.
 */
export function legalLogits(
  model: Network,
  parameters: Parameters,
  { inputs, rows, legal }: Pick<MicroBatch, 'inputs' | 'rows' | 'legal'>,
): Tensor {
  const { order, own } = rowsByInput(inputs, rows);
  const outputs = inputs.map(({ ids, length }, part) => {
    const all = model.hidden(parameters, reshape(indices(ids), [ids.length / length, length]));
    // Only response tokens are asked for: the head, which is wide, is given no other rows.
    return model.head(parameters, gather(all, indices(own[part]!)));
  });
  const chosen = gather(concat(outputs, 0), indices(order));
  return where(tensor(legal, { shape: chosen.shape, dtype: chosen.dtype }), chosen, IMPOSSIBLE);
}

/** Returns log π(token | history) of every response token: [N, V] → [N]. */
export function tokenLogProbs(logits: Tensor, { targets }: EpisodeBatch): Tensor {
  return neg(crossEntropy(logits, indices(targets)));
}

/** Returns the entropy −Σ_a π(a)·log π(a) of every row: [N, V] → [N]. */
export function entropies(logits: Tensor): Tensor {
  const logProb = logSoftmax(logits);
  return neg(sum(mul(exp(logProb), logProb), -1));
}

/**
 * Returns the logits of the response tokens, [N, V], with the bits of `legalLogits` and without a graph. The micro-batches go through
 * the network one after the other, and what they need in between is freed.
 */
export function logitsInParts(model: Network, parameters: Parameters, parts: readonly MicroBatch[]): Tensor {
  return scope(() => {
    const outputs = parts.map((part) => scope(() => legalLogits(model, parameters, part)));
    if (outputs.length === 1) return outputs[0]!;
    const logits = concat(outputs, 0);
    const places = new Int32Array(logits.shape[0]!);
    parts
      .flatMap(({ tokens }) => [...tokens])
      .forEach((t, place) => {
        places[t] = place;
      });
    return gather(logits, indices(places));
  });
}

/**
 * Returns log π of every response token, [N], without building a graph.
 * @param microBatch the number of episodes that go through the network at once; all if left out. The bits do
 * not depend on it
 */
export function logProbsOf(
  model: Network,
  parameters: Parameters,
  batch: EpisodeBatch,
  microBatch = Number.POSITIVE_INFINITY,
): Float64Array {
  return scope(() => {
    const logits = logitsInParts(model, parameters, microBatches(batch, microBatch));
    return Float64Array.from(tokenLogProbs(logits, batch).readSync());
  });
}
