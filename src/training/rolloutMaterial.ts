// Episodes drawn by the policy at training prompts, a group for each: all of them for RL, the solved ones for filtered SFT.
import type { RandomStream } from '../base/random.ts';
import type { Measures } from '../documents/evaluation.ts';
import { decodable, type EpisodeBatch, episodeBatch } from '../episodes/index.ts';
import { getObjective } from '../objectives/index.ts';
import type { Tokens } from '../tasks/index.ts';
import type { PhaseOf } from './config.ts';
import { logProbsOf, type Outcome } from './gradient.ts';
import { drawPrompts, type Material, type Observed, observed, PLAIN, rollOut } from './material.ts';
import { isSolved, measures } from './measure.ts';
import type { TrainingState } from './state.ts';
import type { Trainer } from './trainer.ts';

/** B episodes, judged. */
interface Drawn {
  readonly prompts: Tokens[];
  readonly responses: Tokens[];
  readonly episodes: EpisodeBatch;
  readonly outcome: Required<Outcome>;
  readonly measured: Measures;
  /** Mean over episodes of Σ_t log π − log π_base. */
  readonly kl: number;
}

/** The rewards are 1 if the last attempt is right, else 0: an objective takes the cost of attempts off. */
function draw(
  trainer: Trainer,
  phase: PhaseOf<'solved' | 'episodes'>,
  state: TrainingState,
  random: RandomStream,
): Drawn {
  const { task, layout, model } = trainer;
  const { prompts: count, group } = phase.loop;
  const prompts = drawPrompts(task, 'id', count, random).flatMap((prompt) =>
    new Array<Tokens>(group).fill(prompt),
  );
  const from = decodable(model, state.parameters);
  const { responses, logProbs, judged } = rollOut(trainer, from, prompts, PLAIN, random);
  const episodes = episodeBatch(layout, prompts, responses);
  const refLogProb = logProbsOf(model, state.reference, episodes);
  const kl = logProbs.reduce((sum, x, t) => sum + x - refLogProb[t]!, 0) / prompts.length;
  const reward = Float64Array.from(judged, (episode) => (isSolved(episode) ? 1 : 0));
  return {
    prompts,
    responses,
    episodes,
    outcome: {
      oldLogProb: logProbs,
      refLogProb,
      reward,
      group: Int32Array.from(prompts, (_, i) => Math.floor(i / group)),
    },
    measured: measures(judged, layout.attempts),
    kl,
  };
}

/** Episodes of the policy with their rewards. */
export function rolloutMaterial(
  trainer: Trainer,
  phase: PhaseOf<'episodes'>,
  state: TrainingState,
  random: RandomStream,
): Material {
  const { episodes, outcome, measured, kl } = draw(trainer, phase, state, random);
  const { attemptCost } = getObjective(phase.objective).traits(phase.options);
  const cost = attemptCost * (measured.attempts - 1);
  return {
    episodes,
    outcome,
    observed: observed(measured, measured.accuracy - cost, kl),
    kept: null,
    missingErrors: null,
  };
}

/** Episodes of the policy whose last attempt is right; perhaps none. */
export function filteredMaterial(
  trainer: Trainer,
  phase: PhaseOf<'solved'>,
  state: TrainingState,
  random: RandomStream,
): Material {
  const { prompts, responses, outcome, measured, kl } = draw(trainer, phase, state, random);
  const solved = [...prompts.keys()].filter((i) => outcome.reward[i] === 1);
  const of = <T>(values: ArrayLike<T>): T[] => solved.map((i) => values[i]!);
  const seen: Observed = observed(measured, measured.accuracy, state.phase === 'base' ? null : kl);
  return {
    episodes: episodeBatch(trainer.layout, of(prompts), of(responses)),
    outcome: {
      reward: Float64Array.from(of(outcome.reward)),
      group: Int32Array.from(of(outcome.group)),
    },
    observed: seen,
    kept: solved.length,
    missingErrors: null,
  };
}
