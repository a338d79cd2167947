// Beam search with early rejection: generate the first τ tokens of a step, score, keep N/M, complete the step, expand.
import { type Parameters, scope } from '../../autodiff/index.ts';
import type { RandomStream } from '../../base/random.ts';
import { atTemperature, decodable, generate } from '../../episodes/index.ts';
import type { Gpt2 } from '../../nn/index.ts';
import { spanFlops } from './flops.ts';
import { answerLogProbs, type Trained } from './training.ts';

/** How a search is done. */
export interface SearchOptions {
  /** N, beams of a prompt. */
  readonly beams: number;
  /** N/M, those that are kept. */
  readonly keep: number;
  /** Tokens of a step. */
  readonly stepLength: number;
  /** τ, tokens after which beams are rejected; `stepLength` rejects after whole steps, as usual beam search does. */
  readonly tau: number;
  /** L, tokens of an answer. */
  readonly length: number;
  /** At which the generator draws. */
  readonly temperature: number;
  /** What becomes of the last token of a step, for the control; left out: nothing. */
  readonly spoil?: (token: number, random: RandomStream) => number;
}

/** A beam: prompt and answer so far, with the sum of the judge's log-probs of the answer. */
export interface Beam {
  readonly tokens: readonly number[];
  readonly score: number;
}

/** What a search found and what it took. */
export interface SearchResult {
  /** [P] the answer of each prompt that the judge scores highest. */
  readonly best: readonly Beam[];
  /** Of generating and judging, over all prompts. */
  readonly flops: number;
}

/** Rows that go through the network together. */
const TOGETHER = 256;

/** Beams of every prompt, [P][beams of it]. */
type Beams = readonly (readonly Beam[])[];

/** Draws `count` more tokens of every sequence. */
function extended(
  model: Gpt2,
  parameters: Parameters,
  sequences: readonly (readonly number[])[],
  { count, temperature }: { count: number; temperature: number },
  random: RandomStream,
): number[][] {
  const choice = { tokens: Array.from({ length: model.config.vocabulary }, (_, v) => v), keep: false };
  const drawn = generate(decodable(model, parameters), {
    prompts: sequences,
    streams: sequences.map((_, i) => random.split('row', i)),
    drawing: atTemperature(temperature),
    next: (_, tokens) => (tokens.length < count ? choice : undefined),
    together: TOGETHER,
  });
  return sequences.map((one, i) => [...one, ...drawn[i]!.tokens]);
}

/** The judge's score of every sequence: Σ_t log π_judge(y_t | before). */
function scores(
  model: Gpt2,
  judge: Parameters,
  sequences: readonly (readonly number[])[],
  length: number,
): number[] {
  const out: number[] = [];
  for (let i = 0; i < sequences.length; i += TOGETHER) {
    const some = sequences.slice(i, i + TOGETHER);
    const logProb = scope(() => Float64Array.from(answerLogProbs(model, judge, some, length).readSync()));
    const n = logProb.length / some.length;
    for (let j = 0; j < some.length; j++)
      out.push(logProb.subarray(j * n, (j + 1) * n).reduce((a, b) => a + b, 0));
  }
  return out;
}

/** The highest scores first; equal ones in their order. */
function kept(beams: readonly Beam[], keep: number): readonly Beam[] {
  return beams.toSorted((a, b) => b.score - a.score).slice(0, keep);
}

/** As many copies of each beam as give n in all, those with the highest score more often if it does not divide. */
function expanded(beams: readonly Beam[], n: number): Beam[] {
  return Array.from({ length: n }, (_, i) => beams[i % beams.length]!);
}

/**
 * Searches an answer for every prompt, step by step. It yields after every call of the network. Generating and judging cost the same:
 * both networks read each token once and keep its keys and values.
 */
export function* search(
  { model, generator, judge }: Trained,
  prompts: readonly (readonly number[])[],
  options: SearchOptions,
  random: RandomStream,
): Generator<void, SearchResult> {
  const { beams: N, keep, stepLength, tau, length, temperature, spoil } = options;
  let flops = 0;
  const grown = (beams: Beams, count: number, stream: RandomStream, ends: boolean): Beam[][] => {
    const sequences = beams.flatMap((own) => own.map(({ tokens }) => tokens));
    const from = sequences[0]!.length;
    const longer = extended(model, generator, sequences, { count, temperature }, stream);
    if (ends && spoil !== undefined) {
      for (const [i, one] of longer.entries()) one.push(spoil(one.pop()!, stream.split('spoil', i)));
    }
    flops += sequences.length * 2 * spanFlops(model.config, from, from + count);
    const score = scores(model, judge, longer, length);
    let at = 0;
    return beams.map((own) => own.map(() => ({ tokens: longer[at]!, score: score[at++]! })));
  };
  let beams: Beams = prompts.map((tokens) => expanded([{ tokens, score: 0 }], N));
  for (let done = 0; done < length; done += stepLength) {
    const stream = random.split('step', done);
    let next = grown(beams, tau, stream.split('prefix'), tau === stepLength);
    yield;
    let survivors: Beams = next.map((own) => kept(own, keep));
    if (tau < stepLength) {
      next = grown(survivors, stepLength - tau, stream.split('rest'), true);
      yield;
      survivors = next;
    }
    beams = done + stepLength < length ? survivors.map((own) => expanded(kept(own, keep), N)) : survivors;
  }
  return { best: beams.map((own) => kept(own, 1)[0]!), flops };
}
