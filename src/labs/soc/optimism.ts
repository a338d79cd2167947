// What a beam says its answer is worth, and what the answer is worth: log π and log p* of the best answer of a beam.
import { logSoftmax, mul, type Parameters, scope } from '../../autodiff/index.ts';
import { beamSearch } from '../../episodes/index.ts';
import type { Gpt2 } from '../../nn/index.ts';
import { type Answer, type Expert, TOKENS } from './expert.ts';
import { answerLogits, logitsAfter, tokenLogProbs } from './network.ts';

/** A network that answers at a temperature. */
export interface Answerer {
  readonly model: Gpt2;
  readonly parameters: Parameters;
  readonly temperature: number;
}

/** The best answer of a beam. */
export interface BeamAnswer extends Answer {
  /** log π of it at the temperature. */
  readonly value: number;
  /** log p* of it. */
  readonly truth: number;
}

/** log π of every answer token after prefixes of one length, a row each, [TOKENS]. */
function nextLogProbs(
  { model, parameters, temperature }: Answerer,
  prefixes: readonly Answer[],
): Float64Array[] {
  return scope(() => {
    const logits = logitsAfter(model, parameters, prefixes);
    const values = Float64Array.from(logSoftmax(mul(logits, 1 / temperature)).readSync());
    const length = prefixes[0]!.tokens.length + 1;
    return prefixes.map((_, i) => {
      const row = (i + 1) * length - 1;
      return values.slice(row * TOKENS, (row + 1) * TOKENS);
    });
  });
}

/** The best answer of a beam at every prompt. */
export function beamAnswers(answerer: Answerer, expert: Expert, width: number): BeamAnswer[] {
  return Array.from({ length: expert.prompts }, (_, prompt) => {
    const next = (prefixes: readonly (readonly number[])[]) =>
      nextLogProbs(
        answerer,
        prefixes.map((tokens) => ({ prompt, tokens })),
      );
    const { tokens, score } = beamSearch({ width, length: expert.length, next })[0]!;
    return { prompt, tokens, value: score, truth: expert.logProb({ prompt, tokens }) };
  });
}

/** log π of the tokens of answers at temperature 1, [answers][T]. */
export function logProbsOf({ model, parameters }: Answerer, answers: readonly Answer[]): number[][] {
  const flat = scope(() => [...tokenLogProbs(answerLogits(model, parameters, answers), answers).readSync()]);
  const length = flat.length / answers.length;
  return answers.map((_, i) => flat.slice(i * length, (i + 1) * length));
}

/** The mean of max log π over the states of answers: how sure a policy is. */
export function confidence({ model, parameters, temperature }: Answerer, answers: readonly Answer[]): number {
  return scope(() => {
    const logProbs = logSoftmax(mul(answerLogits(model, parameters, answers), 1 / temperature)).readSync();
    let sum = 0;
    for (let from = 0; from < logProbs.length; from += TOKENS)
      sum += Math.max(...logProbs.subarray(from, from + TOKENS));
    return (sum * TOKENS) / logProbs.length;
  });
}

/** Bisections of the logarithm of a temperature: to 10⁻⁶ of it. */
const HALVINGS = 22;

/** The temperature at which a network is as sure as it should be: confidence falls with the temperature. */
export function temperatureFor(answerer: Answerer, answers: readonly Answer[], goal: number): number {
  let [low, high] = [Math.log(0.1), Math.log(10)];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (confidence({ ...answerer, temperature: Math.exp(middle) }, answers) > goal) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
