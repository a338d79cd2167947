// Qwen2 and Qwen2.5: Llama with biases on queries, keys and values; where asked for, the upper layers see a window.
// Source: Yang et al., 2024 (arXiv:2407.10671).
import type { Members } from '../huggingFace/members.ts';
import { commonSizes, windowFromTypes } from './cardValues.ts';
import type { RotaryConfig } from './config.ts';

/** The window of the upper layers, if there is one. */
export function upperWindow(members: Members, layers: number): Pick<RotaryConfig, 'window' | 'windowFrom'> {
  if (!members.boolean('use_sliding_window', false)) return { windowFrom: layers };
  const from = windowFromTypes(members, layers, members.count('max_window_layers', 0, 28));
  return { window: members.count('sliding_window', 1, 4096), windowFrom: from };
}

/** The sizes in a config.json of model type `qwen2`. */
export function qwen2Config(members: Members): RotaryConfig {
  const sizes = commonSizes(members, { context: 32_768, keyHeads: 32 });
  return {
    architecture: 'qwen2',
    ...sizes,
    hasBiases: true,
    hasOutputBias: false,
    hasHeadNorms: false,
    ...upperWindow(members, sizes.layers),
  };
}
