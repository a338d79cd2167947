// Episodes are drawn from a network with its parameters, or from two: one for attempts and one for decisions.
import type { HostArray, Parameters } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { type Decoder, decoderOf, type Feed, type ModelConfig, type Network } from '../nn/index.ts';
import { COMPONENTS } from '../policy/component.ts';
import type { EpisodeLayout } from './episode.ts';

/** A `Decodable` is a policy over tokens that can be fed with tokens and drawn from. */
export interface Decodable {
  readonly vocabulary: number;
  /** The largest number of tokens of a sequence that can be fed. */
  readonly context: number;
  /**
   * Creates a decoder that keeps the keys and values of `slots` sequences.
   * @throws InputError if the parameters do not fit the network or `slots` is not a valid number
   */
  decoder(slots: number): Decoder;
}

/**
 * Makes a policy of a network and its parameters, which must not be disposed while its decoders are in use.
 */
export function decodable(model: Network<ModelConfig>, parameters: Parameters): Decodable {
  const { vocabulary, context } = model.config;
  return { vocabulary, context, decoder: (slots) => decoderOf(model, parameters, slots) };
}

/** Returns whether the token after this place of a sequence is a decision. */
function decides({ promptLength, component }: EpisodeLayout, place: number): boolean {
  return component[place + 1 - promptLength] === COMPONENTS.indexOf('decision');
}

/** Takes the logits of each wanted token from the network whose turn it is, [wanted, V]. */
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
 * Swaps components: attempts are drawn from `sample` and decisions from `decision`. Both networks are fed
 * every token.
 * @throws InputError if the vocabulary of one of the two is not that of the layout, or its context is too
 * small
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
