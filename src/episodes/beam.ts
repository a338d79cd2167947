// Beam search over token sequences of a fixed length: the usual decoder that keeps the best prefixes by their summed log-probs.
import { InputError } from '../base/errors.ts';
import { showValue } from '../base/show.ts';

/** A sequence that a beam has kept. */
export interface BeamSequence {
  readonly tokens: readonly number[];
  /** Σ log π of its tokens, what the beam is ordered by. */
  readonly score: number;
}

/** What is searched. */
export interface BeamRequest {
  /** How many prefixes are kept after every token. */
  readonly width: number;
  /** Tokens of a sequence. */
  readonly length: number;
  /** log π of every next token, [V], after each of some prefixes, all of one length. */
  readonly next: (prefixes: readonly (readonly number[])[]) => readonly ArrayLike<number>[];
}

/**
 * The sequences that a beam of this width ends with, the best first. At width 1 it is greedy; at V^(length − 1) and above nothing is
 * dropped too early. Of equal scores the one that comes first in the order of prefixes and tokens is kept.
 * @throws InputError unless width and length are integers ≥ 1
 * @example
 * ```ts
 * import { beamSearch } from 'gradsplit/episodes';
 * const next = (prefixes: readonly (readonly number[])[]) => prefixes.map(() => [Math.log(0.25), Math.log(0.75)]);
 * beamSearch({ width: 2, length: 3, next })[0]!.tokens; // → [1, 1, 1]
 * ```
 */
export function beamSearch({ width, length, next }: BeamRequest): BeamSequence[] {
  for (const [name, value] of Object.entries({ width, length })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new InputError(`beamSearch: ${name} must be an integer ≥ 1, found ${showValue(value)}`);
  }
  let beam: BeamSequence[] = [{ tokens: [], score: 0 }];
  for (let t = 0; t < length; t++) {
    const logProbs = next(beam.map(({ tokens }) => tokens));
    beam = beam
      .flatMap(({ tokens, score }, i) =>
        Array.from(logProbs[i]!, (logProb, token) => ({
          tokens: [...tokens, token],
          score: score + logProb,
        })),
      )
      .sort((a, b) => b.score - a.score)
      .slice(0, width);
  }
  return beam;
}
