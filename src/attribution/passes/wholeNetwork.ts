// log π of all tokens of a batch as one function of all parameters.
import { concat, gather, indices, type Parameters, reshape, type Tensor } from '../../autodiff/index.ts';
import type { Network } from '../../nn/index.ts';
import { logProbRows } from './headRows.ts';
import type { ResponseBatch } from './responseBatch.ts';

/** [N] log π of the response tokens, differentiable in the parameters. */
export function logProbsOfBatch(network: Network, parameters: Parameters, batch: ResponseBatch): Tensor {
  const streams = batch.inputs.map(({ ids, length }) =>
    network.hidden(parameters, reshape(indices(ids), [ids.length / length, length])),
  );
  const x = gather(concat(streams, 0), indices(batch.rows));
  return logProbRows(network, parameters, x, batch, 0, batch.targets.length);
}
