// The network of a run, from the section `model` of its configuration and the tokens of its task.
import type { ModelConfig, RotaryConfig } from '../nn/index.ts';
import type { ModelOptions, RotaryOptions } from './options.ts';

/** What a network must read: tokens and places. */
export interface NetworkInput {
  /** V */
  readonly vocabulary: number;
  /** The longest sequence. */
  readonly context: number;
}

/** Width of a gated MLP that has about as many parameters as one of 4·d without a gate: 8·d/3, in whole eights. */
function gatedWidth(width: number): number {
  return 8 * Math.ceil(width / 3);
}

function rotaryConfigOf({ vocabulary, context }: NetworkInput, model: RotaryOptions): RotaryConfig {
  const { architecture, width, layers, heads, keyHeads, inner, window } = model;
  return {
    architecture,
    vocabulary,
    context,
    width,
    layers,
    heads,
    keyHeads: keyHeads === 0 ? heads : keyHeads,
    headWidth: width / heads,
    rotated: width / heads,
    inner: inner === 0 ? gatedWidth(width) : inner,
    epsilon: 1e-6,
    theta: 10_000,
    scaling: { kind: 'none' },
    hasBiases: architecture === 'qwen2',
    hasOutputBias: false,
    hasHeadNorms: architecture === 'qwen3',
    ...(window === 0 ? {} : { window }),
    // Mistral counts layers with a window from the first, the others from the last.
    windowFrom: architecture === 'mistral' || window > 0 ? 0 : layers,
    tied: true,
  };
}

/** The sizes of a network that a run trains. Its head is the token embedding. */
export function modelConfigOf({ vocabulary, context }: NetworkInput, model: ModelOptions): ModelConfig {
  if (model.architecture !== 'gpt2') return rotaryConfigOf({ vocabulary, context }, model);
  const { width, layers, heads } = model;
  return { vocabulary, context, width, layers, heads, inner: 4 * width, epsilon: 1e-5, tied: true };
}
