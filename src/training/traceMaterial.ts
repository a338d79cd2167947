// Traces at training prompts: wrong attempts, synthetic or of the policy itself, then a right one.
import type { Parameters } from '../autodiff/index.ts';
import { categorical, type RandomStream } from '../base/random.ts';
import { decodable, drawTrace, episodeBatch, episodeLayout, responseOf } from '../episodes/index.ts';
import type { Tokens } from '../tasks/index.ts';
import type { PhaseOf } from './config.ts';
import { drawPrompts, type Material, PLAIN, rollOut } from './material.ts';
import type { TrainingState } from './state.ts';
import type { Trainer } from './trainer.ts';

/** After so many draws for each one that is missing, a trace does without. */
const ROUNDS = 8;

/**
 * Wrong first attempts of the policy at each prompt, as many as are wanted or fewer.
 * @param wanted [B]
 */
function ownErrors(
  { task, model }: Trainer,
  parameters: Parameters,
  prompts: readonly Tokens[],
  wanted: readonly number[],
  random: RandomStream,
): Tokens[][] {
  const first = { task, layout: episodeLayout(task, 1) };
  const found = prompts.map((): Tokens[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    const rows = wanted.flatMap((n, i) => new Array<number>(n - found[i]!.length).fill(i));
    if (rows.length === 0) break;
    const asked = rows.map((i) => prompts[i]!);
    const { responses, judged } = rollOut(
      first,
      decodable(model, parameters),
      asked,
      PLAIN,
      random.split('round', round),
    );
    rows.forEach((i, row) => {
      if (judged[row]!.right[0] === false) found[i]!.push(responses[row]!);
    });
  }
  return found;
}

/** The attempts of traces whose wrong ones are the policy's own, and how many of those it did not make. */
function ownTraces(
  trainer: Trainer,
  parameters: Parameters,
  prompts: readonly Tokens[],
  wrong: readonly number[],
  random: RandomStream,
): { traces: Tokens[][]; missing: number } {
  const streams = prompts.map((_, i) => random.split('trace', i));
  const wanted = streams.map((stream) => categorical(wrong, stream));
  const errors = ownErrors(trainer, parameters, prompts, wanted, random.split('own errors'));
  const solution = (i: number): Tokens => trainer.task.solution(prompts[i]!, streams[i]!);
  return {
    traces: errors.map((attempts, i) => [...attempts, solution(i)]),
    missing: wanted.reduce((sum, n, i) => sum + n - errors[i]!.length, 0),
  };
}

/** Traces at training prompts. */
export function traceMaterial(
  trainer: Trainer,
  { loop: { batch, errors, wrong } }: PhaseOf<'traces'>,
  { parameters }: TrainingState,
  random: RandomStream,
): Material {
  const { task, layout } = trainer;
  const prompts = drawPrompts(task, 'id', batch, random);
  const { traces, missing } =
    errors === 'own'
      ? ownTraces(trainer, parameters, prompts, wrong, random)
      : {
          traces: prompts.map((p, i) => drawTrace(task, p, { wrong, errors }, random.split('trace', i))),
          missing: null,
        };
  const responses = traces.map((attempts) => responseOf(layout, attempts));
  return {
    episodes: episodeBatch(layout, prompts, responses),
    outcome: { reward: new Float64Array(batch), group: Int32Array.from(prompts, (_, i) => i) },
    kept: null,
    missingErrors: missing,
  };
}
