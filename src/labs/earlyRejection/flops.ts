// What a token costs: multiplications and additions of a GPT-2 that keeps keys and values, attention growing with the position.
import type { CompleteGpt2Config } from '../../nn/index.ts';

/**
 * FLOPs of one token at a position from 0, two for each multiplication with its addition: 2·(4·d² + 2·d·inner) of the projections and 4·d
 * for each of the p + 1 tokens that are attended to, in every layer; 2·d·V of the output. Norms and activations are left out.
 */
export function tokenFlops(config: CompleteGpt2Config, position: number): number {
  const { layers, width: d, inner, vocabulary } = config;
  return layers * (2 * (4 * d * d + 2 * d * inner) + 4 * d * (position + 1)) + 2 * d * vocabulary;
}

/** FLOPs of the tokens at positions from … to − 1. */
export function spanFlops(config: CompleteGpt2Config, from: number, to: number): number {
  let total = 0;
  for (let p = from; p < to; p++) total += tokenFlops(config, p);
  return total;
}
