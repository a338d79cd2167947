// Log-probabilities of the tokens of a batch.
import { scope } from '../../autodiff/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import type { PassHooks } from './hooks.ts';
import { afterStep } from './hooks.ts';
import { checkResponseBatch, type ResponseBatch } from './responseBatch.ts';
import { logProbsOfBatch } from './wholeNetwork.ts';

/**
 * log π of every response token.
 * @returns [N]
 * @throws InputError if the batch does not fit the network
 */
export async function tokenLogProbsOf(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  hooks: PassHooks = {},
): Promise<Float64Array> {
  checkResponseBatch(batch, network.config);
  const values = scope(() =>
    Float64Array.from(
      logProbsOfBatch(network, weights.load(network.layout.map(({ path }) => path)), batch).readSync(),
    ),
  );
  await afterStep(hooks, 1, 1);
  return values;
}
