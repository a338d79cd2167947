// Draws rollouts, that is episodes of a policy, many at a time. The layout is the grammar of attempts and decisions.
import type { RandomStream } from '../base/random.ts';
import type { Tokens } from '../tasks/index.ts';
import type { Decodable } from './decodable.ts';
import type { Drawing } from './draw.ts';
import { DECISION_TOKENS, type Episode, type EpisodeLayout, isComplete } from './episode.ts';
import { generate } from './generate.ts';
import type { Choice } from './generation.ts';

/** A `RolloutRequest` says which prompts to draw episodes for, and how. */
export interface RolloutRequest {
  readonly layout: EpisodeLayout;
  readonly prompts: readonly Tokens[];
  readonly drawing: Drawing;
  /**
   * Returns the random stream of a row. Every token takes one number from it, or none if drawing is greedy.
   */
  readonly random: (row: number) => RandomStream;
}

/** A `Rollout` is an episode drawn from a policy. */
export interface Rollout extends Episode {
  /** [response] log π of its tokens at temperature 1, whatever temperature was used for drawing. */
  readonly logProbs: readonly number[];
  /** [decisions] π(STOP) at each decision, at temperature 1. */
  readonly stop: readonly number[];
}

/** The number of rows drawn at the same time; keys and values of this many sequences are kept. */
const TOGETHER = 256;

/** Returns what may be drawn at each position of a response. */
function choicesOf({ legal }: EpisodeLayout): Choice[] {
  return legal.map((tokens) => ({ tokens, keep: tokens === DECISION_TOKENS }));
}

/**
 * Draws an episode for every prompt. Each row depends on its prompt and its random stream alone.
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
