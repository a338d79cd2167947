// GPT-2: token and position embeddings, pre-norm blocks, a final norm, a tied or a separate output layer.
import { add, embedding, matmulNT, reshape, slice } from '../autodiff/index.ts';
import { type CompleteGpt2Config, completeConfig, type Gpt2Config } from './config.ts';
import { block, norm } from './layers.ts';
import { gpt2Layout } from './layout.ts';
import { type Network, networkOf } from './network.ts';

/** A GPT-2: normal with σ = 0.02 at the beginning of training, residual projections with 0.02/√(2·layers). */
export type Gpt2 = Network<CompleteGpt2Config>;

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
  const { layers, width, epsilon, tied } = config;
  return networkOf({
    architecture: 'gpt2',
    config,
    layout: gpt2Layout(config),
    embed: (parameters, ids) => {
      const [batch, length] = ids.shape as [number, number];
      const positions = slice(parameters['embedding.position.weight']!, [0, 0], [length, width]);
      const tokens = embedding(parameters['embedding.token.weight']!, ids);
      return reshape(add(tokens, positions), [batch * length, width]);
    },
    blocks: (length) =>
      Array.from(
        { length: layers },
        (_, l) => (parameters, x) => block(parameters, `block${l}`, x, config, length),
      ),
    head: (parameters, x) => {
      const table = parameters[tied ? 'embedding.token.weight' : 'head.weight']!;
      return matmulNT(norm(parameters, 'norm', x, epsilon), table);
    },
  });
}
