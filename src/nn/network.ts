// A network as what all architectures have in common: tokens become rows of a residual stream, blocks add to it, and a head reads it.
import { type FloatType, type Parameters, reshape, type Tensor } from '../autodiff/index.ts';
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { initialise } from './initialise.ts';
import { checkLayout, type ParameterSpec } from './layout.ts';

/** The sizes that every network has. */
export interface NetworkConfig {
  /** Tokens V. */
  readonly vocabulary: number;
  /** The longest sequence. */
  readonly context: number;
  /** Width d of the residual stream. */
  readonly width: number;
  readonly layers: number;
  /** Whether the output layer is the token embedding. */
  readonly tied: boolean;
}

/** One block, for sequences of one length. */
export interface Block {
  /** Its group, such as `block0`. */
  readonly group: string;
  /** The parameters it reads, by path. */
  readonly paths: readonly string[];
  /** The residual stream after it: [B·T, d] → [B·T, d]. */
  apply(parameters: Parameters, x: Tensor): Tensor;
}

/**
 * A network, in parts that can be run one after the other with their own parameters only. The caller keeps the parameters.
 */
export interface Network<C extends NetworkConfig = NetworkConfig> {
  /** As model cards call it, such as `qwen2`. */
  readonly architecture: string;
  readonly config: C;
  readonly layout: readonly ParameterSpec[];
  /** Parameters at the beginning of training, in the shapes of the layout. */
  initial(random: RandomStream, dtype?: FloatType): Record<string, Tensor>;
  /** The first rows: i32 [B, T], T ≤ context → [B·T, d]. */
  embed(parameters: Parameters, ids: Tensor): Tensor;
  /** Its blocks, for sequences of this length and parameters of this type. What they share about places is made once. */
  blocks(length: number, dtype: FloatType): readonly Block[];
  /** Logits of the next token of any rows of the residual stream after the last block: [n, d] → [n, V]. */
  head(parameters: Parameters, x: Tensor): Tensor;
  /** The parameters that `embed` and `head` read; a tied table is in both. */
  readonly paths: { readonly embed: readonly string[]; readonly head: readonly string[] };
  /**
   * The residual stream after the last block: `embed`, then every block. The parameters are checked.
   * @param ids i32 [B, T], T ≤ context
   * @returns [B·T, d]
   * @throws InputError if a parameter is missing or the ids are not i32; ShapeError if a shape does not fit
   */
  hidden(parameters: Parameters, ids: Tensor): Tensor;
  /**
   * Logits of the next token at every position: a pure function of the parameters, of their type.
   * @param ids i32 [B, T], T ≤ context
   * @returns [B, T, V]
   * @throws InputError if a parameter is missing or the ids are not i32; ShapeError if a shape does not fit
   */
  logits(parameters: Parameters, ids: Tensor): Tensor;
}

/** What an architecture says of itself. */
export type Architecture<C extends NetworkConfig> = Pick<
  Network<C>,
  'architecture' | 'config' | 'layout' | 'embed' | 'head'
> & {
  /** The blocks' functions, for sequences of one length; block l has the parameters of group `block${l}`. */
  blocks(length: number, dtype: FloatType): readonly Block['apply'][];
};

function checkIds(architecture: string, { dtype, shape }: Tensor, context: number): [number, number] {
  const [batch, length] = shape;
  if (dtype !== 'i32') throw new InputError(`${architecture}: ids must be i32, found ${dtype}`);
  if (shape.length !== 2 || length! > context) {
    throw new ShapeError(
      `${architecture}: ids must have shape [B, T] with T ≤ ${context}, found ${showShape(shape)}`,
    );
  }
  return [batch!, length!];
}

/**
 * The network of an architecture. Its functions throw what `Network` says.
 * @throws ShapeError or InputError from `logits` and `hidden`, if ids or parameters do not fit
 */
export function networkOf<C extends NetworkConfig>(said: Architecture<C>): Network<C> {
  const { architecture, config, layout, embed, head } = said;
  const { context, vocabulary, layers, tied } = config;
  const below = (group: string): string[] =>
    layout.flatMap(({ path }) => (path.startsWith(`${group}.`) ? [path] : []));
  const pathsOf = Array.from({ length: layers }, (_, l) => below(`block${l}`));
  const blocks = (length: number, dtype: FloatType): Block[] =>
    said.blocks(length, dtype).map((apply, l) => ({ group: `block${l}`, paths: pathsOf[l]!, apply }));
  const hidden = (parameters: Parameters, ids: Tensor): Tensor => {
    checkLayout(layout, parameters, architecture);
    const [, length] = checkIds(architecture, ids, context);
    const x = embed(parameters, ids);
    return blocks(length, x.dtype as FloatType).reduce((now, block) => block.apply(parameters, now), x);
  };
  return {
    architecture,
    config,
    layout,
    embed,
    head,
    blocks,
    hidden,
    paths: {
      embed: below('embedding'),
      head: [...below('norm'), tied ? 'embedding.token.weight' : 'head.weight'],
    },
    initial: (random, dtype) => initialise(layout, random, dtype),
    logits: (parameters, ids) => {
      const x = hidden(parameters, ids);
      return reshape(head(parameters, x), [...ids.shape, vocabulary]);
    },
  };
}
