// Makes demonstrations at training prompts: wrong attempts, synthetic or drawn from the policy itself, then a right one.
import type { Parameters } from '../autodiff/index.ts';
import { categorical, type RandomStream } from '../base/random.ts';
import {
  decodable,
  drawDemonstration,
  drawPrompts,
  episodeBatch,
  episodeLayout,
  judgedRollouts,
  responseOf,
} from '../episodes/index.ts';
import type { Tokens } from '../tasks/index.ts';
import type { PhaseOf } from './config.ts';
import { FROM_THE_POLICY, type Material } from './material.ts';
import type { TrainingState } from './state.ts';
import type { Trainer } from './trainer.ts';

/** After this many draws for each missing wrong attempt, a demonstration does without it. */
const ROUNDS = 8;

/**
 * Draws wrong first attempts from the policy at each of B prompts, as many as wanted or fewer.
 * @param wanted [B] the number of wrong attempts wanted at each prompt
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
    const policy = decodable(model, parameters);
    const rollouts = judgedRollouts(first, policy, asked, FROM_THE_POLICY, random.split('round', round));
    rows.forEach((i, row) => {
      const { right, response } = rollouts[row]!;
      if (right[0] === false) found[i]!.push(response);
    });
  }
  return found;
}

/**
 * Returns the attempts of demonstrations whose wrong attempts are drawn from the policy, and how many of
 * those are missing.
 */
function ownDemonstrations(
  trainer: Trainer,
  parameters: Parameters,
  prompts: readonly Tokens[],
  wrong: readonly number[],
  random: RandomStream,
): { demonstrations: Tokens[][]; missing: number } {
  const streams = prompts.map((_, i) => random.split('trace', i));
  const wanted = streams.map((stream) => categorical(wrong, stream));
  const errors = ownErrors(trainer, parameters, prompts, wanted, random.split('own errors'));
  const solution = (i: number): Tokens => trainer.task.solution(prompts[i]!, streams[i]!);
  return {
    demonstrations: errors.map((attempts, i) => [...attempts, solution(i)]),
    missing: wanted.reduce((sum, n, i) => sum + n - errors[i]!.length, 0),
  };
}

/** Makes the material of a step from demonstrations at training prompts. */
export function demonstrationMaterial(
  trainer: Trainer,
  { loop: { batch, errors, wrong } }: PhaseOf<'demonstrations'>,
  { parameters }: TrainingState,
  random: RandomStream,
): Material {
  const { task, layout } = trainer;
  const prompts = drawPrompts(task, 'id', batch, random);
  const { demonstrations, missing } =
    errors === 'own'
      ? ownDemonstrations(trainer, parameters, prompts, wrong, random)
      : {
          demonstrations: prompts.map((p, i) =>
            drawDemonstration(task, p, { wrong, errors }, random.split('trace', i)),
          ),
          missing: null,
        };
  const episodes = demonstrations.map((attempts, i) => ({
    prompt: prompts[i]!,
    response: responseOf(layout, attempts),
  }));
  return {
    episodes: episodeBatch(layout, episodes),
    outcome: { reward: new Float64Array(batch), group: Int32Array.from(prompts, (_, i) => i) },
    kept: null,
    missingErrors: missing,
  };
}
