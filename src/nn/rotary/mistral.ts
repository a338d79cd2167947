// Mistral 7B: Llama with eight heads of keys and values, and a window of 4 096 places in every layer.
// Source: Jiang et al., 2023 (arXiv:2310.06825).
import type { Members } from '../huggingFace/members.ts';
import { commonSizes } from './cardValues.ts';
import type { RotaryConfig } from './config.ts';

/** Where the file says nothing; null says that there is no window. */
const WINDOW = 4096;

/** The sizes in a config.json of model type `mistral`. */
export function mistralConfig(members: Members): RotaryConfig {
  const window = members.has('sliding_window') ? members.countOrNone('sliding_window', 1) : WINDOW;
  return {
    architecture: 'mistral',
    ...commonSizes(members, { context: 131_072, keyHeads: 8 }),
    hasBiases: false,
    hasOutputBias: false,
    hasHeadNorms: false,
    ...(window === undefined ? {} : { window }),
    windowFrom: 0,
  };
}
