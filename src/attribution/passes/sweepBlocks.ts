// The backward sweep through blocks and embeddings, one after the other, each run again from what went into it.
import { indices, type Parameters, reshape, type Tensor } from '../../autodiff/index.ts';
import { blockAt, blockPaths, type Passage, withParameters } from './forward.ts';
import { free, held } from './held.ts';
import type { Owners } from './owners.ts';
import type { ParameterSums } from './parameterSums.ts';
import { type Range, sweepPart } from './sweepPart.ts';
import { zerosLike } from './terms.ts';

/**
 * Sweeps back through block l, and finishes its parameters.
 * @param streams its input, per rectangle
 * @param cotangents [rectangle][label] of its output
 * @returns [rectangle][label] those of its input, which the caller frees
 */
export function sweepBlock(
  passage: Passage,
  sums: ParameterSums,
  l: number,
  streams: readonly Tensor[],
  cotangents: readonly (readonly Tensor[])[],
  owned: readonly Owners[],
): Tensor[][] {
  const paths = blockPaths(passage, l);
  const found: Tensor[][] = [];
  try {
    withParameters(passage, paths, (parameters) => {
      for (const [i, { ids, length }] of passage.batch.inputs.entries()) {
        const part = {
          parameters,
          input: streams[i]!,
          places: ids.length,
          run: (p: Parameters, x: Tensor | undefined) => blockAt(passage, length, l).apply(p, x!),
        };
        const back = sweepPart(part, cotangents[i]!, owned[i]!, sums);
        found.push(back.map((x) => x ?? held(zerosLike(streams[i]!))));
      }
    });
    sums.finish(paths);
    return found;
  } catch (error) {
    for (const some of found) free(some);
    throw error;
  }
}

/** Sweeps back through the embeddings. */
export function sweepEmbedding(
  passage: Passage,
  sums: ParameterSums,
  cotangents: readonly (readonly Tensor[])[],
  owned: readonly Owners[],
): void {
  const { network, batch } = passage;
  withParameters(passage, network.paths.embed, (parameters) => {
    for (const [i, { ids, length }] of batch.inputs.entries()) {
      const part = {
        parameters,
        input: undefined,
        places: ids.length,
        run: (p: Parameters, _: Tensor | undefined, { from, to }: Range) =>
          network.embed(p, reshape(indices(ids.subarray(from, to)), [(to - from) / length, length])),
      };
      sweepPart(part, cotangents[i]!, owned[i]!, sums);
    }
  });
}
