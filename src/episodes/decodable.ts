// What episodes are drawn from: a network with its parameters, or two of them, one for attempts and one for decisions.
import type { HostArray, Parameters } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { type Decoder, decoder, type Feed, type Gpt2 } from '../nn/index.ts';
import { COMPONENTS } from '../policy/component.ts';
import type { EpisodeLayout } from './episode.ts';

/** A policy over tokens that can be fed and drawn from. */
export interface Decodable {
  readonly vocabulary: number;
  /** The most tokens of a sequence that can be fed. */
  readonly context: number;
  /**
   * A decoder that keeps so many sequences.
   * @throws InputError if parameters or `slots` make no sense
   */
  decoder(slots: number): Decoder;
}

/** A network with these parameters, which must live as long as its decoders. */
export function decodable(model: Gpt2, parameters: Parameters): Decodable {
  const { vocabulary, context } = model.config;
  return { vocabulary, context, decoder: (slots) => decoder(model, parameters, slots) };
}

/** Whether the token after this place of a sequence is a decision. */
function decides({ promptLength, component }: EpisodeLayout, place: number): boolean {
  return component[place + 1 - promptLength] === COMPONENTS.indexOf('decision');
}

/** Logits of each wanted token from the one network or the other, [wanted, V]. */
function mixed(
  layout: EpisodeLayout,
  { places, wanted }: Feed,
  attempts: HostArray,
  decisions: HostArray,
): HostArray {
  const V = layout.vocabulary;
  const out = attempts.slice();
  for (let i = 0; i < wanted.length; i++) {
    if (!decides(layout, places[wanted[i]!]!)) continue;
    out.set(decisions.subarray(i * V, (i + 1) * V), i * V);
  }
  return out;
}

/**
 * The swap of components: attempts are drawn from `sample` and decisions from `decision`. Both are fed every token.
 * @throws InputError if one of the two is too small for the layout
 */
export function swapped(layout: EpisodeLayout, sample: Decodable, decision: Decodable): Decodable {
  for (const one of [sample, decision]) {
    if (one.vocabulary === layout.vocabulary && one.context >= layout.context) continue;
    throw new InputError(
      `swap: expected ${layout.vocabulary} tokens and a context of ${layout.context}, found ${one.vocabulary} and ${one.context}`,
    );
  }
  if (sample === decision) return sample;
  return {
    vocabulary: layout.vocabulary,
    context: layout.context,
    decoder(slots) {
      const [first, second] = [sample.decoder(slots), decision.decoder(slots)];
      return {
        feed: (tokens) => mixed(layout, tokens, first.feed(tokens), second.feed(tokens)),
        dispose() {
          first.dispose();
          second.dispose();
        },
      };
    },
  };
}
