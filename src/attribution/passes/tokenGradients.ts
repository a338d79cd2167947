// The gradients of labels, one stored forward pass, parameter by parameter.
import { scope, type Tensor, tensor, vjp } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import { afterStep, type PassHooks } from './hooks.ts';
import type { Reducer } from './reducers/reducer.ts';
import { checkResponseBatch, type ResponseBatch } from './responseBatch.ts';
import { logProbsOfBatch } from './wholeNetwork.ts';

/**
 * Gives the gradients Σ_t s_t·∇log π_t of every label to the reducers.
 * @param seeds [N] s_t of every response token, by label
 * @throws InputError if the batch does not fit the network, or seeds the batch
 */
export async function tokenGradients(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  seeds: Readonly<Record<string, Float64Array>>,
  reducers: readonly Reducer<unknown>[],
  hooks: PassHooks = {},
): Promise<void> {
  checkResponseBatch(batch, network.config);
  const total = batch.targets.length;
  const labels = Object.keys(seeds);
  for (const label of labels) {
    const found = seeds[label]!.length;
    if (found !== total)
      throw new InputError(`seeds of "${label}": expected ${total} entries, found ${found}`);
  }
  const trajectories = batch.offsets.length - 1;
  for (const reducer of reducers) reducer.begin({ labels, trajectories });
  scope(() => {
    const parameters = weights.load(network.layout.map(({ path }) => path));
    const { pullback } = vjp((p) => logProbsOfBatch(network, p, batch), parameters);
    const seeded = (values: Float64Array): Tensor => tensor(values, { dtype: weights.dtype });
    const gradients = pullback(Object.fromEntries(labels.map((label) => [label, seeded(seeds[label]!)])));
    const ofTrajectory = (b: number): Float64Array =>
      Float64Array.from({ length: total }, (_, t) =>
        t < batch.offsets[b]! || t >= batch.offsets[b + 1]!
          ? 0
          : labels.reduce((sum, label) => sum + seeds[label]![t]!, 0),
      );
    for (const { path } of network.layout) {
      const gradient = {
        path,
        labels: labels.map((label) => gradients[label]![path]!),
        trajectory: (b: number) => pullback({ b: seeded(ofTrajectory(b)) }).b[path]!,
      };
      for (const reducer of reducers) reducer.take(gradient);
    }
  });
  await afterStep(hooks, 1, 1);
}
