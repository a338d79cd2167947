// Log-probabilities of the tokens of a batch, block by block.
import { scope, slice, type Tensor } from '../../autodiff/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import { afterBlock, embedded, headRanges, type Passage, responseRows, withParameters } from './forward.ts';
import { logProbRows } from './headRows.ts';
import { free, holding } from './held.ts';
import { type PassHooks, steps } from './hooks.ts';
import { checkResponseBatch, type ResponseBatch } from './responseBatch.ts';

/**
 * log π of every response token. The parameters of one block are in memory at a time, and the logits of some rows.
 * @returns [N]
 * @throws InputError if the batch does not fit the network, or a parameter cannot be loaded; what the hooks throw
 */
export async function tokenLogProbsOf(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  hooks: PassHooks = {},
): Promise<Float64Array> {
  checkResponseBatch(batch, network.config);
  const passage: Passage = { network, weights, batch };
  const { layers } = network.config;
  const ranges = headRanges(passage, hooks.logitsAtOnce);
  const step = steps(hooks, 1 + layers + ranges.length);
  const logProbs = new Float64Array(batch.targets.length);
  let streams: Tensor[] = [];
  try {
    streams = embedded(passage);
    await step();
    for (let l = 0; l < layers; l++) {
      const next = afterBlock(passage, l, streams);
      free(streams);
      streams = next;
      await step();
    }
    const rows = holding(() => [responseRows(streams, batch.rows)]);
    free(streams);
    streams = rows;
    for (const [from, to] of ranges) {
      withParameters(passage, network.paths.head, (parameters) => {
        const x = slice(rows[0]!, [from, 0], [to, network.config.width]);
        logProbs.set(scope(() => logProbRows(network, parameters, x, batch, from, to)).readSync(), from);
      });
      await step();
    }
    return logProbs;
  } finally {
    free(streams);
  }
}
