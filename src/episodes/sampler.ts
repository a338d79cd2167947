// Draws episodes: attempts and decisions under the layout's grammar, many rows at a time.
import type { RandomStream } from '../base/random.ts';
import type { Tokens } from '../tasks/index.ts';
import type { Decodable } from './decodable.ts';
import type { Drawing } from './draw.ts';
import { DECISION_TOKENS, type EpisodeLayout, isComplete } from './episode.ts';
import { rollout } from './rollout.ts';
import type { Choice } from './rolloutTask.ts';

/** What is asked of a sampler. */
export interface SampleRequest {
  readonly layout: EpisodeLayout;
  readonly prompts: readonly Tokens[];
  readonly drawing: Drawing;
  /** A stream per row; one number is drawn from it for every token, none when greedy. */
  readonly random: (row: number) => RandomStream;
}

/** One episode. */
export interface Rollout {
  /** What was answered, complete. */
  readonly response: readonly number[];
  /** log π of each of its tokens at temperature 1, whatever it was drawn with. */
  readonly logProbs: readonly number[];
  /** π(STOP) at each of its decisions, at temperature 1. */
  readonly stopProbs: readonly number[];
}

/** Rows drawn together: keys and values of so many sequences are kept. */
const TOGETHER = 256;

/** What may be drawn at each position of a response. */
function choicesOf({ legal }: EpisodeLayout): Choice[] {
  return legal.map((tokens) => ({ tokens, keep: tokens === DECISION_TOKENS }));
}

/**
 * An episode for every prompt; what a row gets depends on its prompt and its stream alone.
 * @throws InputError if a prompt has a token that does not exist; Error if logits are not finite
 */
export function sampleEpisodes(from: Decodable, request: SampleRequest): Rollout[] {
  const { layout, prompts, drawing, random } = request;
  const choices = choicesOf(layout);
  const drawn = rollout(from, {
    prompts,
    streams: prompts.map((_, row) => random(row)),
    drawing,
    next: (_row, tokens) => (isComplete(layout, tokens) ? undefined : choices[tokens.length]),
    together: TOGETHER,
  });
  return drawn.map(({ tokens, logProbs, kept }) => ({
    response: tokens,
    logProbs,
    stopProbs: kept.map((decision) => Math.exp(decision.logProbs[0]!)),
  }));
}
