// What a sampler of episodes is, and the plain one: the whole network once more for every token. Simple enough to be the
// oracle of faster ones.
import { indices, type Parameters, reshape, scope } from '../autodiff/index.ts';
import { categorical, type RandomStream } from '../base/random.ts';
import type { Gpt2 } from '../nn/index.ts';
import { STOP_TOKEN, type Tokens } from '../tasks/index.ts';
import { type EpisodeLayout, isComplete } from './episode.ts';

/** What is asked of a sampler. */
export interface SampleRequest {
  readonly model: Gpt2;
  readonly parameters: Parameters;
  readonly layout: EpisodeLayout;
  readonly prompts: readonly Tokens[];
  /** Logits are divided by it; 0 takes the likeliest token, the first of equal ones. */
  readonly temperature: number;
  /** A stream per row; one number is drawn from it for every token, none at temperature 0. */
  readonly random: (row: number) => RandomStream;
}

/** One episode. */
export interface Rollout {
  /** What was answered, complete. */
  readonly response: number[];
  /** log π of each of its tokens at temperature 1, whatever it was drawn with. */
  readonly logProbs: number[];
  /** π(STOP) at each of its decisions, at temperature 1. */
  readonly stopProbs: number[];
}

/** Draws an episode for every prompt; what a row gets depends on its prompt and its stream alone. */
export type Sampler = (request: SampleRequest) => Rollout[];

/** Softmax over the legal tokens of a position of logits/temperature, in the order of `legal`. */
function probabilities(
  logits: ArrayLike<number>,
  start: number,
  legal: Tokens,
  temperature: number,
): number[] {
  const scaled = legal.map((token) => logits[start + token]! / temperature);
  const largest = Math.max(...scaled);
  const weights = scaled.map((x) => Math.exp(x - largest));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/** Logits at the last position of equally long rows; [B·V]. */
function lastLogits({ model, parameters }: SampleRequest, rows: readonly Tokens[]): ArrayLike<number> {
  const length = rows[0]!.length;
  const V = model.config.vocabulary;
  const all = scope(() =>
    model.logits(parameters, reshape(indices(rows.flat()), [rows.length, length])).readSync(),
  );
  const last = new Float64Array(rows.length * V);
  for (let b = 0; b < rows.length; b++) {
    for (let v = 0; v < V; v++) last[b * V + v] = all[((b + 1) * length - 1) * V + v]!;
  }
  return last;
}

/** The plain sampler: every token costs a pass over all tokens before it; finished rows leave the batch. */
export const plainSampler: Sampler = (request) => {
  const { layout, prompts, temperature } = request;
  const V = request.model.config.vocabulary;
  const rollouts: Rollout[] = prompts.map(() => ({ response: [], logProbs: [], stopProbs: [] }));
  const streams = prompts.map((_, row) => request.random(row));
  let active = prompts.map((_, row) => row);
  for (let position = 0; active.length > 0; position++) {
    const legal = layout.legal[position]!;
    const logits = lastLogits(
      request,
      active.map((row) => [...prompts[row]!, ...rollouts[row]!.response]),
    );
    for (const [b, row] of active.entries()) {
      const { response, logProbs, stopProbs } = rollouts[row]!;
      const p = probabilities(logits, b * V, legal, 1);
      const chosen =
        temperature === 0
          ? p.indexOf(Math.max(...p))
          : categorical(probabilities(logits, b * V, legal, temperature), streams[row]!);
      response.push(legal[chosen]!);
      logProbs.push(Math.log(p[chosen]!));
      if (legal[0] === STOP_TOKEN) stopProbs.push(p[0]!);
    }
    active = active.filter((row) => !isComplete(layout, rollouts[row]!.response));
  }
  return rollouts;
};
