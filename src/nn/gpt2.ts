// GPT-2: token and position embeddings, pre-norm blocks, a final norm, a tied or a separate output layer.
import {
  add,
  embedding,
  type FloatType,
  matmulNT,
  type Parameters,
  reshape,
  slice,
  type Tensor,
} from '../autodiff/index.ts';
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { type CompleteGpt2Config, completeConfig, type Gpt2Config } from './config.ts';
import { initialise } from './initialise.ts';
import { block, norm } from './layers.ts';
import { checkLayout, gpt2Layout, type ParameterSpec } from './layout.ts';

/** A network. The caller keeps its parameters. */
export interface Gpt2 {
  readonly config: CompleteGpt2Config;
  readonly layout: readonly ParameterSpec[];
  /** Parameters at the beginning of training, in the shapes of the layout: normal with σ = 0.02, residual projections with 0.02/√(2·layers). */
  initial(random: RandomStream, dtype?: FloatType): Record<string, Tensor>;
  /**
   * Logits of the next token at every position: a pure function of the parameters, of their type.
   * @param ids i32 [B, T], T ≤ context
   * @returns [B, T, V]
   * @throws InputError if a parameter is missing or the ids are not i32; ShapeError if a shape does not fit
   */
  logits(parameters: Parameters, ids: Tensor): Tensor;
}

function checkIds({ dtype, shape }: Tensor, context: number): readonly [number, number] {
  const [batch, length] = shape;
  if (dtype !== 'i32') throw new InputError(`gpt2: ids must be i32, found ${dtype}`);
  if (shape.length !== 2 || length! > context) {
    throw new ShapeError(`gpt2: ids must have shape [B, T] with T ≤ ${context}, found ${showShape(shape)}`);
  }
  return [batch!, length!];
}

/**
 * The network of these sizes, as OpenAI's GPT-2 computes it (GELU in its tanh form, no dropout).
 * Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
 * @throws InputError if a size does not fit
 * @example
 * ```ts
 * import { tensor } from 'gradsplit/autodiff';
 * import { gpt2 } from 'gradsplit/nn';
 * import { randomStream } from 'gradsplit/random';
 * const model = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * const parameters = model.initial(randomStream(1, 'model'), 'f32');
 * const ids = tensor([[0, 3, 1]], { dtype: 'i32' });
 * model.logits(parameters, ids).shape; // → [1, 3, 5]
 * ```
 */
export function gpt2(given: Gpt2Config): Gpt2 {
  const config = completeConfig(given);
  const layout = gpt2Layout(config);
  const { context, layers, width, vocabulary, epsilon, tied } = config;
  return {
    config,
    layout,
    initial: (random, dtype) => initialise(layout, random, dtype),
    logits: (parameters, ids) => {
      checkLayout(layout, parameters);
      const sizes = checkIds(ids, context);
      const tokens = parameters['embedding.token.weight']!;
      const positions = slice(parameters['embedding.position.weight']!, [0, 0], [sizes[1], width]);
      let x = reshape(add(embedding(tokens, ids), positions), [sizes[0] * sizes[1], width]);
      for (let l = 0; l < layers; l++) x = block(parameters, `block${l}`, x, config, sizes[1]);
      const head = tied ? tokens : parameters['head.weight']!;
      return reshape(matmulNT(norm(parameters, 'norm', x, epsilon), head), [...sizes, vocabulary]);
    },
  };
}
