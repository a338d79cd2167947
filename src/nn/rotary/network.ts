// A decoder with rotary positions: token embeddings, pre-norm blocks, a final norm, a tied or a separate output layer.
import { embedding, matmulNT, reshape, type Tensor, tensor } from '../../autodiff/index.ts';
import { type Network, networkOf } from '../network.ts';
import { angleTables } from './angles.ts';
import { checkedRotaryConfig, type RotaryConfig } from './config.ts';
import { block, norm } from './layers.ts';
import { rotaryLayout } from './layout.ts';

/** A network of the family: normal with σ = 0.02 at the beginning of training, residual projections with 0.02/√(2·layers). */
export type RotaryNetwork = Network<RotaryConfig>;

/**
 * The network of these sizes: RMS norm, rotary positions, attention whose queries share keys and values in groups, SwiGLU.
 * Source: Touvron et al., "Llama 2", 2023 (arXiv:2307.09288); what each model changes stands in its file.
 * @throws InputError if a size does not fit
 */
export function rotaryNetwork(given: RotaryConfig): RotaryNetwork {
  const config = checkedRotaryConfig(given);
  const { layers, width, epsilon, tied, rotated } = config;
  return networkOf({
    architecture: config.architecture,
    config,
    layout: rotaryLayout(config),
    embed: (parameters, ids) =>
      reshape(embedding(parameters['embedding.token.weight']!, ids), [ids.size, width]),
    blocks: (length, dtype) => {
      const tables = angleTables(config, length);
      const table = (values: Float64Array): Tensor => tensor(values, { shape: [length, rotated / 2], dtype });
      const places = {
        cosine: table(tables.cosine),
        sine: table(tables.sine),
      };
      return Array.from(
        { length: layers },
        (_, l) => (parameters, x) => block(parameters, l, x, config, places),
      );
    },
    head: (parameters, x) => {
      const table = parameters[tied ? 'embedding.token.weight' : 'head.weight']!;
      return matmulNT(norm(parameters, 'norm', x, epsilon), table);
    },
  });
}
