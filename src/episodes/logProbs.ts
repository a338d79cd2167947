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
import type { Gpt2 } from '../nn/index.ts';
import type { EpisodeBatch } from './episodeBatch.ts';

/**
 * This is far below every logit, yet finite: its exponential is 0 in float32 and float64, and no difference
 * of two such values is NaN.
 */
const IMPOSSIBLE = -1e9;

/**
 * Returns the logits of the response tokens, [N, V], differentiable in the parameters. Illegal tokens have
 * probability 0.
 */
export function legalLogits(model: Gpt2, parameters: Parameters, batch: EpisodeBatch): Tensor {
  const { inputs, rows, legal, layout } = batch;
  const outputs = inputs.map(({ ids, length }) => {
    const all = model.logits(parameters, reshape(indices(ids), [ids.length / length, length]));
    return reshape(all, [ids.length, layout.vocabulary]);
  });
  const chosen = gather(concat(outputs, 0), indices(rows));
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

/** Returns log π of every response token, [N], without building a graph. */
export function logProbsOf(model: Gpt2, parameters: Parameters, batch: EpisodeBatch): Float64Array {
  return scope(() =>
    Float64Array.from(tokenLogProbs(legalLogits(model, parameters, batch), batch).readSync()),
  );
}
