// Small models of every family as their folders have them: a config.json in the words of its model card, and weights by name.
import { randomStream } from '../../../src/base/random.ts';
import { type StoredFloat, writeSafetensors } from '../../../src/nn/index.ts';

/** A folder's contents. */
export interface Card {
  readonly name: string;
  readonly config: Record<string, unknown>;
  /** Shapes by name, written out here a second time. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

interface Sizes {
  readonly layers: number;
  readonly width: number;
  readonly queries: number;
  readonly keys: number;
  readonly inner: number;
  readonly vocabulary: number;
}

/** What PyTorch's modules of these sizes are called, and their shapes. */
function shapesOf(
  { layers, width, queries, keys, inner, vocabulary }: Sizes,
  extras: { readonly biases?: readonly string[]; readonly headNorm?: number; readonly tied?: boolean } = {},
): Record<string, readonly number[]> {
  const { biases = [], headNorm, tied = false } = extras;
  const shapes: Record<string, readonly number[]> = { 'model.embed_tokens.weight': [vocabulary, width] };
  for (let l = 0; l < layers; l++) {
    const layer = `model.layers.${l}`;
    shapes[`${layer}.input_layernorm.weight`] = [width];
    for (const [name, out, into] of [
      ['q_proj', queries, width],
      ['k_proj', keys, width],
      ['v_proj', keys, width],
      ['o_proj', width, queries],
    ] as const) {
      shapes[`${layer}.self_attn.${name}.weight`] = [out, into];
      if (biases.includes(name)) shapes[`${layer}.self_attn.${name}.bias`] = [out];
    }
    if (headNorm !== undefined) {
      shapes[`${layer}.self_attn.q_norm.weight`] = [headNorm];
      shapes[`${layer}.self_attn.k_norm.weight`] = [headNorm];
    }
    shapes[`${layer}.post_attention_layernorm.weight`] = [width];
    shapes[`${layer}.mlp.gate_proj.weight`] = [inner, width];
    shapes[`${layer}.mlp.up_proj.weight`] = [inner, width];
    shapes[`${layer}.mlp.down_proj.weight`] = [width, inner];
  }
  shapes['model.norm.weight'] = [width];
  if (!tied) shapes['lm_head.weight'] = [vocabulary, width];
  return shapes;
}

const common = { hidden_act: 'silu', vocab_size: 7, num_hidden_layers: 2, rms_norm_eps: 1e-5 };

/** Every family, and every way in which its members differ. */
export const CARDS: readonly Card[] = [
  {
    name: 'llama, all heads their own keys',
    config: {
      ...common,
      model_type: 'llama',
      hidden_size: 8,
      intermediate_size: 12,
      num_attention_heads: 2,
      max_position_embeddings: 16,
    },
    shapes: shapesOf({ layers: 2, width: 8, queries: 8, keys: 8, inner: 12, vocabulary: 7 }),
  },
  {
    name: 'llama 3.1: shared keys, slow angles divided',
    config: {
      ...common,
      model_type: 'llama',
      hidden_size: 16,
      intermediate_size: 10,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      max_position_embeddings: 64,
      rope_theta: 50,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 16,
      },
    },
    shapes: shapesOf({ layers: 2, width: 16, queries: 16, keys: 8, inner: 10, vocabulary: 7 }),
  },
  {
    name: 'llama with biases, angles divided, half of a head turned',
    config: {
      ...common,
      model_type: 'llama',
      hidden_size: 8,
      intermediate_size: 12,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      head_dim: 8,
      attention_bias: true,
      partial_rotary_factor: 0.5,
      rope_scaling: { type: 'linear', factor: 2 },
      max_position_embeddings: 16,
      tie_word_embeddings: true,
    },
    shapes: shapesOf(
      { layers: 2, width: 8, queries: 16, keys: 8, inner: 12, vocabulary: 7 },
      { biases: ['q_proj', 'k_proj', 'v_proj', 'o_proj'], tied: true },
    ),
  },
  {
    name: 'mistral with a window of three places',
    config: {
      ...common,
      model_type: 'mistral',
      hidden_size: 8,
      intermediate_size: 12,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      head_dim: 6,
      sliding_window: 3,
      max_position_embeddings: 16,
    },
    shapes: shapesOf({ layers: 2, width: 8, queries: 12, keys: 6, inner: 12, vocabulary: 7 }),
  },
  {
    name: 'qwen2: biases, tied head, a window in the upper layer',
    config: {
      ...common,
      model_type: 'qwen2',
      hidden_size: 12,
      intermediate_size: 9,
      num_attention_heads: 3,
      num_key_value_heads: 1,
      rope_theta: 1e6,
      use_sliding_window: true,
      sliding_window: 2,
      max_window_layers: 1,
      max_position_embeddings: 16,
      tie_word_embeddings: true,
    },
    shapes: shapesOf(
      { layers: 2, width: 12, queries: 12, keys: 4, inner: 9, vocabulary: 7 },
      { biases: ['q_proj', 'k_proj', 'v_proj'], tied: true },
    ),
  },
  {
    name: 'qwen3: heads of a width of their own, normed',
    config: {
      ...common,
      model_type: 'qwen3',
      hidden_size: 8,
      intermediate_size: 12,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 6,
      max_position_embeddings: 16,
      rope_parameters: { rope_type: 'default', rope_theta: 1000 },
    },
    shapes: shapesOf(
      { layers: 2, width: 8, queries: 24, keys: 12, inner: 12, vocabulary: 7 },
      { headNorm: 6 },
    ),
  },
];

/** Normal values with σ = ½; 1 is added to the gains of norms. */
export function valuesOf({ shapes }: Card, seed: number): Map<string, Float64Array> {
  const random = randomStream(seed, 'cards');
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const offset = /norm\.weight$/.test(name) ? 1 : 0;
      const size = shape.reduce((product, axis) => product * axis, 1);
      return [name, Float64Array.from({ length: size }, () => offset + random.normal() / 2)];
    }),
  );
}

/** The bytes of model.safetensors. */
export function weightsOf(card: Card, seed: number, type: StoredFloat = 'F64'): Uint8Array {
  const values = valuesOf(card, seed);
  const tensors = new Map(
    Object.entries(card.shapes).map(([name, shape]) => [name, { shape, values: () => values.get(name)! }]),
  );
  return Buffer.concat([...writeSafetensors(tensors, type)]);
}
