// How the tensors of a Hugging Face folder of this family are called. Each holds one parameter, in the same shape.
import type { FileTensor, StoredNames } from '../huggingFace/storedNames.ts';
import type { RotaryConfig } from './config.ts';
import { rotarySpecs } from './layout.ts';

/** The names inside a layer by our groups. */
const GROUPS: Readonly<Record<string, string>> = {
  norm1: 'input_layernorm',
  'attention.query': 'self_attn.q_proj',
  'attention.key': 'self_attn.k_proj',
  'attention.value': 'self_attn.v_proj',
  'attention.queryNorm': 'self_attn.q_norm',
  'attention.keyNorm': 'self_attn.k_norm',
  'attention.output': 'self_attn.o_proj',
  norm2: 'post_attention_layernorm',
  'mlp.gate': 'mlp.gate_proj',
  'mlp.up': 'mlp.up_proj',
  'mlp.down': 'mlp.down_proj',
};

/** The name in the file of a parameter. */
function nameOf(path: string): string {
  const step = path.lastIndexOf('.');
  const [group, kind] = [path.slice(0, step), path.slice(step + 1)];
  if (group === 'embedding.token') return `model.embed_tokens.${kind}`;
  if (group === 'head') return `lm_head.${kind}`;
  const inLayer = /^block(\d+)\.(.*)$/.exec(group);
  if (inLayer === null) return `model.${group}.${kind}`;
  return `model.layers.${inLayer[1]}.${GROUPS[inLayer[2]!]}.${kind}`;
}

/** Rotations that PyTorch wrote into older files. */
const BUFFER_NAME = /(^|\.)rotary_emb\.inv_freq$/;

function* fileTensors(config: RotaryConfig): Generator<FileTensor> {
  for (const { path, shape } of rotarySpecs(config)) yield { name: nameOf(path), shape, parts: [path] };
}

/** The names in the file of a model of these sizes. */
export function rotaryNames(config: RotaryConfig): StoredNames {
  return {
    tensors: () => fileTensors(config),
    prefix: '',
    ignored: BUFFER_NAME,
    ...(config.tied ? { tiedTo: nameOf('embedding.token.weight') } : {}),
  };
}
