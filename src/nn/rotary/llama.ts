// Llama 1 to 3: RMS norm, rotary positions, SwiGLU; from Llama 2 on queries share keys and values in groups, from 3.1 on slow angles
// are divided. Sources: Touvron et al., 2023 (arXiv:2302.13971, arXiv:2307.09288); Llama team, 2024 (arXiv:2407.21783).
import type { Members } from '../huggingFace/members.ts';
import { commonSizes } from './cardValues.ts';
import type { RotaryConfig } from './config.ts';

/** The sizes in a config.json of model type `llama`. */
export function llamaConfig(members: Members): RotaryConfig {
  members.fixed('mlp_bias', false);
  const sizes = commonSizes(members, { context: 2048 });
  const hasBiases = members.boolean('attention_bias', false);
  return {
    architecture: 'llama',
    ...sizes,
    hasBiases,
    hasOutputBias: hasBiases,
    hasHeadNorms: false,
    windowFrom: sizes.layers,
  };
}
