// Qwen3: Qwen2 without biases, with an RMS norm on every head of queries and keys, and heads whose width does not follow from that of
// the residual stream. Source: Yang et al., 2025 (arXiv:2505.09388).
import type { Members } from '../huggingFace/members.ts';
import { commonSizes } from './cardValues.ts';
import type { RotaryConfig } from './config.ts';
import { upperWindow } from './qwen2.ts';

/** The sizes in a config.json of model type `qwen3`. */
export function qwen3Config(members: Members): RotaryConfig {
  const sizes = commonSizes(members, { context: 32_768, keyHeads: 32, headWidth: 128 });
  const hasBiases = members.boolean('attention_bias', false);
  return {
    architecture: 'qwen3',
    ...sizes,
    hasBiases,
    hasOutputBias: hasBiases,
    hasHeadNorms: true,
    ...upperWindow(members, sizes.layers),
  };
}
