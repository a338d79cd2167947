// How far a step in the parameters moves every token, to first order.
import { jvp, type Parameters, scope, zeros } from '../../autodiff/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import { afterStep, type PassHooks } from './hooks.ts';
import { checkResponseBatch, type ResponseBatch } from './responseBatch.ts';
import { logProbsOfBatch } from './wholeNetwork.ts';

/** A direction in parameter space, given part by part: paths that it leaves out do not move. */
export interface Direction {
  /** The tangents of those of these parameters that move. What is made for it belongs to the scope around. */
  load(paths: readonly string[]): Parameters;
}

/**
 * ⟨∇log π_t, v⟩ for every response token t, by one forward-mode pass.
 * @returns [N]
 * @throws InputError if the batch does not fit the network; ShapeError if a tangent does not fit its parameter
 */
export async function influenceOf(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  direction: Direction,
  hooks: PassHooks = {},
): Promise<Float64Array> {
  checkResponseBatch(batch, network.config);
  const values = scope(() => {
    const paths = network.layout.map(({ path }) => path);
    const parameters = weights.load(paths);
    const moving = direction.load(paths);
    const tangents = Object.fromEntries(
      paths.map((path) => [path, moving[path] ?? zeros(parameters[path]!.shape, parameters[path]!.dtype)]),
    );
    const { tangent } = jvp((p: Parameters) => logProbsOfBatch(network, p, batch), parameters, tangents);
    return Float64Array.from(tangent.readSync());
  });
  await afterStep(hooks, 1, 1);
  return values;
}
