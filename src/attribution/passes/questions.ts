// The usual questions about the gradients of labels, each with a pass of its own. Several at once: `tokenGradients` with several reducers.
import type { Network, WeightSource } from '../../nn/index.ts';
import type { PassHooks } from './hooks.ts';
import { type DenseGradients, denseReducer } from './reducers/denseReducer.ts';
import { type GramMatrices, gramReducer } from './reducers/gramReducer.ts';
import { type TrajectoryProducts, trajectoryReducer } from './reducers/trajectoryReducer.ts';
import type { ResponseBatch } from './responseBatch.ts';
import { tokenGradients } from './tokenGradients.ts';

/** What the gradients are of: a network, its parameters, the tokens, and the seeds s_t of each label, [N]. */
export interface LabelledTokens {
  readonly network: Network;
  readonly weights: WeightSource;
  readonly batch: ResponseBatch;
  /** [N] by label. */
  readonly seeds: Readonly<Record<string, Float64Array>>;
}

/**
 * Splits a gradient: Σ_t s_t·∇log π_t of every label, whole, on the host. For models of which that fits into memory.
 * @returns by label and parameter path, in the parameters' shapes
 * @throws InputError as `tokenGradients`
 * @example
 * ```ts
 * import { split } from 'gradsplit/attribution';
 * import { gpt2, weightsInMemory } from 'gradsplit/nn';
 * import { randomStream } from 'gradsplit/random';
 * const network = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * const weights = weightsInMemory(network.initial(randomStream(1, 'model')));
 * const batch = {
 *   inputs: [{ ids: Int32Array.of(1, 2), length: 2 }],
 *   offsets: Int32Array.of(0, 2),
 *   rows: Int32Array.of(0, 1),
 *   targets: Int32Array.of(2, 3),
 * };
 * const seeds = { sample: Float64Array.of(1, 0), decision: Float64Array.of(0, 1) };
 * const gradients = await split({ network, weights, batch, seeds });
 * gradients.decision!['norm.weight']!.shape; // → [8]
 * ```
 */
export async function split(
  { network, weights, batch, seeds }: LabelledTokens,
  hooks: PassHooks = {},
): Promise<DenseGradients> {
  const reducer = denseReducer();
  await tokenGradients(network, weights, batch, seeds, [reducer], hooks);
  return reducer.result();
}

/**
 * The Gram matrices of the labels' gradients: ⟨g_a, g_b⟩, parameter by parameter.
 * @returns [L·L] by parameter path
 * @throws InputError as `tokenGradients`
 */
export async function gram(
  { network, weights, batch, seeds }: LabelledTokens,
  hooks: PassHooks = {},
): Promise<GramMatrices> {
  const reducer = gramReducer();
  await tokenGradients(network, weights, batch, seeds, [reducer], hooks);
  return reducer.result();
}

/**
 * The squared norm of each trajectory's gradient, over all labels, and its inner product with that of the batch.
 * @returns [B] by parameter path
 * @throws InputError as `tokenGradients`
 */
export async function trajectoryNorms(
  { network, weights, batch, seeds }: LabelledTokens,
  hooks: PassHooks = {},
): Promise<TrajectoryProducts> {
  const reducer = trajectoryReducer();
  await tokenGradients(network, weights, batch, seeds, [reducer], hooks);
  return reducer.result();
}
