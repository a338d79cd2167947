// From the residual stream at some rows to the log-probabilities of the tokens that these rows predict.
import {
  crossEntropy,
  indices,
  neg,
  type Parameters,
  type Tensor,
  tensor,
  where,
} from '../../autodiff/index.ts';
import { IMPOSSIBLE } from '../../episodes/logProbs.ts';
import type { Network } from '../../nn/index.ts';
import type { ResponseBatch } from './responseBatch.ts';

/** log π of the tokens t from … to − 1, [to − from], differentiable in the parameters and in the rows of the residual stream that predict them. */
export function logProbRows(
  network: Network,
  parameters: Parameters,
  x: Tensor,
  { targets, legal }: ResponseBatch,
  from: number,
  to: number,
): Tensor {
  const logits = network.head(parameters, x);
  const V = network.config.vocabulary;
  const allowed =
    legal === undefined
      ? logits
      : where(
          tensor(legal.subarray(from * V, to * V), { shape: logits.shape, dtype: logits.dtype }),
          logits,
          IMPOSSIBLE,
        );
  return neg(crossEntropy(allowed, indices(targets.subarray(from, to))));
}
