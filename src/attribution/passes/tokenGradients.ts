// The gradients of labels from one stored forward pass, of which only the residual stream between blocks is kept: in the backward sweep the
// blocks run again, one after the other. Source: Chen et al., 2016 (arXiv:1604.06174), one segment a block.
import type { Tensor } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import { afterBlock, blockPaths, embedded, headRanges, type Passage, responseRows } from './forward.ts';
import { free, holding } from './held.ts';
import { type PassHooks, steps } from './hooks.ts';
import { ownersOfInputs } from './owners.ts';
import { ParameterSums } from './parameterSums.ts';
import type { Reducer } from './reducers/reducer.ts';
import { checkResponseBatch, type ResponseBatch } from './responseBatch.ts';
import { sweepBlock, sweepEmbedding } from './sweepBlocks.ts';
import { cotangentsOfStreams, sweepHead } from './sweepHead.ts';

/**
 * Gives the gradients Σ_t s_t·∇log π_t of every label, parameter by parameter, to the reducers. Labels may have tokens in common. In memory
 * are the residual stream between blocks, the parameters of one block, what this block makes inside, and the logits of some rows.
 * @param seeds [N] s_t of every response token, by label
 * @returns [N] log π of the response tokens
 * @throws InputError if the batch does not fit the network or seeds the batch, or a parameter cannot be loaded; what the hooks throw
 * @example
 * ```ts
 * import { gramReducer, tokenGradients, trajectoryReducer } from 'gradsplit/attribution';
 * import { gpt2, weightsInMemory } from 'gradsplit/nn';
 * import { randomStream } from 'gradsplit/random';
 * const network = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * const weights = weightsInMemory(network.initial(randomStream(1, 'model'), 'f64'));
 * const batch = {
 *   inputs: [{ ids: Int32Array.of(1, 2, 3), length: 3 }], // a prompt of 1 token, and a response of 3 without its last
 *   offsets: Int32Array.of(0, 3),
 *   rows: Int32Array.of(0, 1, 2),
 *   targets: Int32Array.of(2, 3, 4),
 * };
 * const seeds = { reward: Float64Array.of(1, 1, 1), kl: Float64Array.of(0, -0.5, 0) };
 * const [gram, trajectories] = [gramReducer(), trajectoryReducer()];
 * await tokenGradients(network, weights, batch, seeds, [gram, trajectories]);
 * gram.result().labels; // → ['reward', 'kl']
 * gram.result().gram['norm.weight']!.length; // → 4
 * Object.keys(trajectories.result().squaredNorm).length === network.layout.length; // → true
 * ```
 */
export async function tokenGradients(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  seeds: Readonly<Record<string, Float64Array>>,
  reducers: readonly Reducer<unknown>[],
  hooks: PassHooks = {},
): Promise<Float64Array> {
  checkResponseBatch(batch, network.config);
  const total = batch.targets.length;
  const labels = Object.keys(seeds);
  if (labels.length === 0) throw new InputError('seeds: expected at least one label, found none');
  for (const label of labels) {
    const found = seeds[label]!.length;
    if (found !== total)
      throw new InputError(`seeds of "${label}": expected ${total} entries, found ${found}`);
    const odd = seeds[label]!.findIndex((x) => !Number.isFinite(x));
    if (odd >= 0) {
      const which = `${seeds[label]![odd]} at token ${odd}`;
      throw new InputError(`seeds of "${label}": expected finite numbers, found ${which}`);
    }
  }
  const passage: Passage = { network, weights, batch };
  const { layers } = network.config;
  const ranges = headRanges(passage, hooks.logitsAtOnce);
  const sums = new ParameterSums(network, weights.dtype, seeds, batch, reducers, hooks.largestTable);
  // What lies before the first part that anybody asks about is not gone back through.
  const isWanted = (paths: readonly string[]): boolean =>
    paths.some((path) => Object.values(sums.wanted(path)).includes(true));
  const isEmbeddingWanted = isWanted(network.paths.embed);
  const firstWanted = Array.from({ length: layers }, (_, l) => l).find((l) =>
    isWanted(blockPaths(passage, l)),
  );
  const first = isEmbeddingWanted ? 0 : (firstWanted ?? layers);
  const step = steps(hooks, 2 * layers - first + ranges.length + (isEmbeddingWanted ? 2 : 1));
  const streams: Tensor[][] = [];
  let cotangents: Tensor[][] = [];
  try {
    streams.push(embedded(passage));
    await step();
    for (let l = 0; l < layers; l++) {
      streams.push(afterBlock(passage, l, streams.at(-1)!));
      await step();
    }
    const logProbs = new Float64Array(total);
    const values = Object.values(seeds);
    const rows = holding(() => [responseRows(streams.at(-1)!, batch.rows)]);
    free(streams.pop()!);
    streams.push(rows);
    const parts: Tensor[] = [];
    try {
      for (const i of ranges.keys()) {
        parts.push(...sweepHead(passage, sums, rows[0]!, values, logProbs, ranges, i));
        await step();
      }
      cotangents = cotangentsOfStreams(batch, parts, ranges, values);
    } finally {
      free(parts);
    }
    const { head, embed } = network.paths;
    sums.finish(head.filter((path) => !embed.includes(path)));
    free(streams.pop()!);
    const owned = ownersOfInputs(batch);
    for (let l = layers - 1; l >= first; l--) {
      const next = sweepBlock(passage, sums, l, streams.at(-1)!, cotangents, owned);
      for (const some of cotangents) free(some);
      cotangents = next;
      free(streams.pop()!);
      await step();
    }
    if (isEmbeddingWanted) {
      sweepEmbedding(passage, sums, cotangents, owned);
      sums.finish(embed);
      await step();
    }
    return logProbs;
  } finally {
    for (const some of [...streams, ...cotangents]) free(some);
    sums.dispose();
  }
}
