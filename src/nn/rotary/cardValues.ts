// What config.json of Llama, Mistral, Qwen2 and Qwen3 say in the same words.
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import type { Members } from '../huggingFace/members.ts';
import type { RotaryConfig, RotaryScaling } from './config.ts';

/** The scaling of angles, in `rope_scaling` or, in files of newer versions, in `rope_parameters`. */
function scalingOf(members: Members): RotaryScaling {
  const rope = members.object('rope_parameters') ?? members.object('rope_scaling');
  if (rope === undefined) return { kind: 'none' };
  const key = rope.raw('rope_type') === undefined && rope.raw('type') !== undefined ? 'type' : 'rope_type';
  const kind = rope.text(key, ['default', 'linear', 'llama3'], 'default');
  if (kind === 'default') return { kind: 'none' };
  const factor = rope.number('factor');
  if (kind === 'linear') return { kind, factor };
  return {
    kind,
    factor,
    lowFrequency: rope.number('low_freq_factor'),
    highFrequency: rope.number('high_freq_factor'),
    original: rope.count('original_max_position_embeddings', 1),
  };
}

function thetaOf(members: Members): number {
  return members.object('rope_parameters')?.number('rope_theta') ?? members.number('rope_theta', 10_000);
}

/** Width of a head, and how much of it turns. */
function headOf(members: Members, width: number, heads: number, usual?: number) {
  const headWidth = members.countOrNone('head_dim', 1) ?? usual ?? width / heads;
  const share = members.number('partial_rotary_factor', 1);
  return { headWidth, rotated: Math.floor(headWidth * share) };
}

/** Heads, widths and angles: everything but biases, norms of heads, windows and the defaults that differ. */
export function commonSizes(
  members: Members,
  usual: { readonly context: number; readonly keyHeads?: number; readonly headWidth?: number },
): Omit<RotaryConfig, 'architecture' | 'hasBiases' | 'hasOutputBias' | 'hasHeadNorms' | 'windowFrom'> {
  members.fixed('hidden_act', 'silu');
  const width = members.count('hidden_size', 1);
  const heads = members.count('num_attention_heads', 1);
  return {
    vocabulary: members.count('vocab_size', 1),
    context: members.count('max_position_embeddings', 1, usual.context),
    width,
    layers: members.count('num_hidden_layers', 0),
    heads,
    keyHeads: members.countOrNone('num_key_value_heads', 1) ?? usual.keyHeads ?? heads,
    ...headOf(members, width, heads, usual.headWidth),
    inner: members.count('intermediate_size', 1),
    epsilon: members.number('rms_norm_eps', 1e-6),
    theta: thetaOf(members),
    scaling: scalingOf(members),
    tied: members.boolean('tie_word_embeddings', false),
  };
}

/**
 * From which layer on a window is seen, by `layer_types` where the file has them.
 * @throws InputError if layers with and without a window do not follow one another in that order
 */
export function windowFromTypes(members: Members, layers: number, ifMissing: number): number {
  const types = members.raw('layer_types');
  if (types === undefined) return ifMissing;
  const known = ['full_attention', 'sliding_attention'];
  if (!Array.isArray(types) || types.length !== layers || !types.every((type) => known.includes(type))) {
    return members.fail('layer_types', `${layers} of ${known.join(', ')}`, types);
  }
  const first = types.indexOf('sliding_attention');
  const from = first < 0 ? layers : first;
  if (types.lastIndexOf('full_attention') > from) {
    throw new InputError(
      `${members.source}: layer_types: layers without a window must come first, found ${showValue(types)}`,
    );
  }
  return from;
}
