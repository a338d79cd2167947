// Decoding: a GPT-2 on kernels that is fed token by token and keeps keys and values. It makes no tensors and
// no graph. What it computes has the bits of `Gpt2.logits`, at the cost of the new tokens only.
import { currentKernels, type HostArray, type Parameters } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { showValue } from '../base/show.ts';
import { type Belonging, type Decoding, joinProjections, normRows, runBlock } from './decodeBlock.ts';
import type { Gpt2 } from './gpt2.ts';
import { checkLayout } from './layout.ts';
import { typeOfAll } from './types.ts';
import { Workspace } from './workspace.ts';

/** Tokens to feed: ids[i] goes to position places[i] of the sequence in slot slots[i]. */
export interface Feed {
  readonly ids: ArrayLike<number>;
  readonly slots: ArrayLike<number>;
  readonly places: ArrayLike<number>;
  /** Which of these tokens' logits are wanted: positions in `ids`. */
  readonly wanted: ArrayLike<number>;
}

/** A network that keeps the keys and values of sequences. */
export interface Decoder {
  /**
   * Feeds tokens. All places before a token's own must have been fed to its slot, now or earlier. Feeding a place again replaces
   * it: a slot is free for another sequence that begins at place 0.
   * @returns logits of the next token after each wanted one, [wanted, V]
   * @throws Error if an id, slot or place does not exist, or the parameters have been disposed
   */
  feed(tokens: Feed): HostArray;
  /** Frees its memory; the parameters stay. */
  dispose(): void;
}

/** token + position, [rows, d]. */
function embed({ space, parameters, config, dtype }: Decoding, ids: ArrayLike<number>, at: Belonging): void {
  const { kernels } = space;
  const { width } = config;
  const [x, positions] = ['x', 'sum'].map((name) => space.take(name, dtype, at.rows * width));
  kernels.gather(parameters['embedding.token.weight']!.buffer, space.put('ids', ids), x!, width);
  kernels.gather(parameters['embedding.position.weight']!.buffer, at.places, positions!, width);
  kernels.binary('add', x!, positions!, x!);
}

/** The wanted rows of x through the last norm and the head, on the host. */
function predict(decoding: Decoding, wanted: ArrayLike<number>, rows: number): HostArray {
  const { space, parameters, config, dtype } = decoding;
  const { width, vocabulary, tied } = config;
  const x = space.take('x', dtype, rows * width);
  const [m, n, k] = [wanted.length, vocabulary, width];
  const last = space.take('last', dtype, m * width);
  space.kernels.gather(x, space.put('wanted', wanted), last, width);
  const normed = normRows(decoding, 'norm', last, m);
  const head = parameters[tied ? 'embedding.token.weight' : 'head.weight']!.buffer;
  const logits = space.take('logits', dtype, m * vocabulary);
  space.kernels.matmul('nt', normed, head, logits, { batch: 1, m, n, k });
  return space.kernels.readSync(logits);
}

/**
 * A decoder on the kernels in use: it is fed token by token and gives the logits that the whole network would give, to the bit. It takes
 * its memory once: 2·layers·slots·context·d numbers for keys and values, and what the tokens that are fed together need. The parameters
 * must live as long as the decoder. They are read at every call, except for the projections to query, key and value, which are copied
 * now.
 * @param slots how many sequences it can keep
 * @throws InputError if a parameter is missing, if the parameters have several types, or if `slots` is not an integer ≥ 1; ShapeError
 *   for a wrong shape
 * @example
 * ```ts
 * import { decoder, gpt2 } from 'gradsplit/nn';
 * import { randomStream } from 'gradsplit/random';
 * const model = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * const network = decoder(model, model.initial(randomStream(1, 'model')), 1);
 * const logits = network.feed({ ids: [3, 1], slots: [0, 0], places: [0, 1], wanted: [1] });
 * logits.length; // → 5
 * network.dispose();
 * ```
 */
export function decoder(
  { config, layout }: Pick<Gpt2, 'config' | 'layout'>,
  parameters: Parameters,
  slots: number,
): Decoder {
  checkLayout(layout, parameters);
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new InputError(`decoder: slots must be an integer ≥ 1, found ${showValue(slots)}`);
  }
  const space = new Workspace(currentKernels());
  const decoding: Decoding = { space, parameters, config, dtype: typeOfAll(parameters), slots };
  const blocks = Array.from({ length: config.layers }, (_, l) => `block${l}`);
  for (const group of blocks) joinProjections(decoding, `${group}.attention`);
  return {
    feed({ ids, slots: slotOf, places, wanted }) {
      const rows = ids.length;
      const at = { rows, slots: space.put('slots', slotOf), places: space.put('places', places) };
      embed(decoding, ids, at);
      const x = space.take('x', decoding.dtype, rows * config.width);
      for (const group of blocks) runBlock(decoding, group, x, at);
      return predict(decoding, wanted, rows);
    },
    dispose: () => space.dispose(),
  };
}
