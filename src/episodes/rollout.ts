// Rollouts: episodes drawn from a policy, attempts and decisions under the layout's grammar, many at a time.
import type { RandomStream } from '../base/random.ts';
import type { Tokens } from '../tasks/index.ts';
import type { Decodable } from './decodable.ts';
import type { Drawing } from './draw.ts';
import { DECISION_TOKENS, type Episode, type EpisodeLayout, isComplete } from './episode.ts';
import { generate } from './generate.ts';
import type { Choice } from './generation.ts';

/** What is drawn, and how. */
export interface RolloutRequest {
  readonly layout: EpisodeLayout;
  readonly prompts: readonly Tokens[];
  readonly drawing: Drawing;
  /** A stream per row; one number is drawn from it for every token, none when greedy. */
  readonly random: (row: number) => RandomStream;
}

/** An episode drawn from a policy. */
export interface Rollout extends Episode {
  /** [response] log π of its tokens at temperature 1, whatever it was drawn with. */
  readonly logProbs: readonly number[];
  /** [decisions] π(STOP) at temperature 1. */
  readonly stop: readonly number[];
}

/** Rows drawn together: keys and values of so many sequences are kept. */
const TOGETHER = 256;

/** What may be drawn at each position of a response. */
function choicesOf({ legal }: EpisodeLayout): Choice[] {
  return legal.map((tokens) => ({ tokens, keep: tokens === DECISION_TOKENS }));
}

/**
 * An episode for every prompt; what a row gets depends on its prompt and its stream alone.
 * @returns complete episodes, one per prompt, in their order
 * @throws InputError if a prompt has a token that does not exist; Error if logits are not finite
 */
export function drawRollouts(from: Decodable, request: RolloutRequest): Rollout[] {
  const { layout, prompts, drawing, random } = request;
  const choices = choicesOf(layout);
  const generated = generate(from, {
    prompts,
    streams: prompts.map((_, row) => random(row)),
    drawing,
    next: (_row, tokens) => (isComplete(layout, tokens) ? undefined : choices[tokens.length]),
    together: TOGETHER,
  });
  return generated.map(({ tokens, logProbs, kept }, row) => ({
    prompt: prompts[row]!,
    response: tokens,
    logProbs,
    stop: kept.map((decision) => Math.exp(decision.logProbs[0]!)),
  }));
}
