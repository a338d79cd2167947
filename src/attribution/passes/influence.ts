// How far a step in the parameters moves every token, to first order: tangents flow through the network block by block.
import { jvp, type Parameters, scope, slice, type Tensor } from '../../autodiff/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import { inFrame } from '../../tensor/frame.ts';
import {
  blockAt,
  blockPaths,
  headRanges,
  idsOf,
  type Passage,
  responseRows,
  withParameters,
} from './forward.ts';
import { logProbRows } from './headRows.ts';
import { free, held, holding } from './held.ts';
import { type PassHooks, steps } from './hooks.ts';
import { checkResponseBatch, type ResponseBatch } from './responseBatch.ts';
import { zerosLike } from './terms.ts';

/** A direction in parameter space, given part by part: paths that it leaves out do not move. */
export interface Direction {
  /** The tangents of those of these parameters that move. What is made for it belongs to the scope around. */
  load(paths: readonly string[]): Parameters;
}

/** A tensor and how it moves; undefined: not at all. */
interface Moving {
  readonly value: Tensor;
  readonly tangent: Tensor | undefined;
}

/** The input among what moves; no path is called so. */
const INPUT = ' input';

/** Sends a part's input, and how that and the parameters move, through the part. */
function push(
  run: (parameters: Parameters, input: Tensor | undefined) => Tensor,
  parameters: Parameters,
  tangents: Parameters,
  input: Moving | undefined,
): Moving {
  const moving = {
    ...Object.fromEntries(Object.keys(tangents).map((path) => [path, parameters[path]!])),
    ...(input?.tangent === undefined ? {} : { [INPUT]: input.value }),
  };
  if (Object.keys(moving).length === 0) return { value: run(parameters, input?.value), tangent: undefined };
  const along = { ...tangents, ...(input?.tangent === undefined ? {} : { [INPUT]: input.tangent }) };
  return jvp(
    ({ [INPUT]: x, ...some }: Parameters) => run({ ...parameters, ...some }, x ?? input?.value),
    moving,
    along,
  );
}

/** Holds both tensors of what a body returns. */
function holdingBoth(body: () => Moving[]): Moving[] {
  let found: Moving[] = [];
  inFrame(() => {
    found = scope(body).map(({ value, tangent }) => ({
      value: held(value),
      tangent: tangent && held(tangent),
    }));
  });
  return found;
}

function freeBoth(streams: readonly Moving[]): void {
  for (const { value, tangent } of streams) free([value, tangent]);
}

/**
 * ⟨∇log π_t, v⟩ for every response token t, by one forward-mode pass, block by block.
 * @returns [N]
 * @throws InputError if the batch does not fit the network, or a parameter cannot be loaded; ShapeError if a tangent does not fit its
 * parameter; what the hooks throw
 */
export async function influenceOf(
  network: Network,
  weights: WeightSource,
  batch: ResponseBatch,
  direction: Direction,
  hooks: PassHooks = {},
): Promise<Float64Array> {
  checkResponseBatch(batch, network.config);
  const passage: Passage = { network, weights, batch };
  const { layers, width } = network.config;
  const ranges = headRanges(passage, hooks.logitsAtOnce);
  const step = steps(hooks, 1 + layers + ranges.length);
  const influence = new Float64Array(batch.targets.length);
  let streams: Moving[] = [];
  try {
    streams = holdingBoth(() =>
      withParameters(passage, network.paths.embed, (parameters) => {
        const tangents = direction.load(network.paths.embed);
        return batch.inputs.map((part) =>
          scope(() => push((p) => network.embed(p, idsOf(part)), parameters, tangents, undefined)),
        );
      }),
    );
    await step();
    for (let l = 0; l < layers; l++) {
      const paths = blockPaths(passage, l);
      const next = holdingBoth(() =>
        withParameters(passage, paths, (parameters) => {
          const tangents = direction.load(paths);
          return batch.inputs.map(({ length }, i) =>
            scope(() =>
              push((p, x) => blockAt(passage, length, l).apply(p, x!), parameters, tangents, streams[i]),
            ),
          );
        }),
      );
      freeBoth(streams);
      streams = next;
      await step();
    }
    const [value, tangent] = holding(() => [
      responseRows(
        streams.map((one) => one.value),
        batch.rows,
      ),
      responseRows(
        streams.map((one) => one.tangent ?? zerosLike(one.value)),
        batch.rows,
      ),
    ]);
    freeBoth(streams);
    streams = [{ value: value!, tangent }];
    for (const [from, to] of ranges) {
      withParameters(passage, network.paths.head, (parameters) => {
        const cut = (x: Tensor): Tensor => slice(x, [from, 0], [to, width]);
        const moved = push(
          (p, x) => logProbRows(network, p, x!, batch, from, to),
          parameters,
          direction.load(network.paths.head),
          { value: cut(value!), tangent: cut(tangent!) },
        );
        influence.set(moved.tangent!.readSync(), from);
      });
      await step();
    }
    return influence;
  } finally {
    freeBoth(streams);
  }
}
