// A decoder with rotary positions: token embeddings, pre-norm blocks, a final norm, a tied or a separate output layer.
import {
  embedding,
  type FloatType,
  matmulNT,
  type Parameters,
  reshape,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import { InputError, ShapeError, showShape } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random.ts';
import { initialise } from '../initialise.ts';
import { checkLayout, type ParameterSpec } from '../layout.ts';
import { angleTables } from './angles.ts';
import { checkedRotaryConfig, type RotaryConfig } from './config.ts';
import { block, norm, windowOf } from './layers.ts';
import { rotaryLayout } from './layout.ts';

/** A network of the family. The caller keeps its parameters. */
export interface RotaryNetwork {
  readonly config: RotaryConfig;
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

function checkIds(
  { dtype, shape }: Tensor,
  { architecture, context }: RotaryConfig,
): readonly [number, number] {
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
 * The network of these sizes: RMS norm, rotary positions, attention whose queries share keys and values in groups, SwiGLU.
 * Source: Touvron et al., "Llama 2", 2023 (arXiv:2307.09288); what each model changes stands in its file.
 * @throws InputError if a size does not fit
 */
export function rotaryNetwork(given: RotaryConfig): RotaryNetwork {
  const config = checkedRotaryConfig(given);
  const layout = rotaryLayout(config);
  const { layers, width, vocabulary, epsilon, tied, rotated, window, windowFrom } = config;
  return {
    config,
    layout,
    initial: (random, dtype) => initialise(layout, random, dtype),
    logits: (parameters, ids) => {
      checkLayout(layout, parameters, config.architecture);
      const [batch, length] = checkIds(ids, config);
      const tokens = parameters['embedding.token.weight']!;
      const tables = angleTables(config, length);
      const table = (values: Float64Array): Tensor =>
        tensor(values, { shape: [length, rotated / 2], dtype: tokens.dtype });
      const isWindowed = window !== undefined && window < length && windowFrom < layers;
      const places = {
        cosine: table(tables.cosine),
        sine: table(tables.sine),
        ...(isWindowed ? { isSeen: windowOf(length, window, tokens.dtype as FloatType) } : {}),
      };
      let x = reshape(embedding(tokens, ids), [batch * length, width]);
      for (let l = 0; l < layers; l++) x = block(parameters, l, x, config, places);
      const head = tied ? tokens : parameters['head.weight']!;
      return reshape(matmulNT(norm(parameters, 'norm', x, epsilon), head), [batch, length, vocabulary]);
    },
  };
}
