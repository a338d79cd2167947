// Episodes drawn by the policy at training prompts, a group for each: all of them for RL, the solved ones for filtered SFT.
import type { RandomStream } from '../base/random.ts';
import {
  decodable,
  drawPrompts,
  episodeBatch,
  isSolved,
  type JudgedRollout,
  judgedRollouts,
  logProbsOf,
} from '../episodes/index.ts';
import { getObjective } from '../objectives/index.ts';
import type { Tokens } from '../tasks/index.ts';
import type { PhaseOf } from './config.ts';
import { evaluationMeasures } from './evaluation/measures.ts';
import { FROM_THE_POLICY, type Material, observed } from './material.ts';
import type { TrainingState } from './state.ts';
import type { Trainer } from './trainer.ts';

/** An episode and which prompt it answers. */
type GroupedRollout = JudgedRollout & { readonly group: number };

/** The episodes of a step, [prompts·group], those of a prompt beside each other. */
function drawGroups(
  trainer: Trainer,
  phase: PhaseOf<'solved' | 'episodes'>,
  { parameters }: TrainingState,
  random: RandomStream,
): GroupedRollout[] {
  const { prompts: count, group } = phase.loop;
  const prompts = drawPrompts(trainer.task, 'id', count, random).flatMap((prompt) =>
    new Array<Tokens>(group).fill(prompt),
  );
  const policy = decodable(trainer.model, parameters);
  const rollouts = judgedRollouts(trainer, policy, prompts, FROM_THE_POLICY, random);
  return rollouts.map((rollout, i) => ({ ...rollout, group: Math.floor(i / group) }));
}

/** The batch of episodes, log π and log π_base of their tokens [N], and the mean over episodes of Σ_t log π − log π_base. */
function scored(trainer: Trainer, { reference }: TrainingState, rollouts: readonly GroupedRollout[]) {
  const episodes = episodeBatch(trainer.layout, rollouts);
  const oldLogProb = Float64Array.from(rollouts.flatMap(({ logProbs }) => logProbs));
  const refLogProb = logProbsOf(trainer.model, reference, episodes);
  const kl = oldLogProb.reduce((sum, x, t) => sum + x - refLogProb[t]!, 0) / rollouts.length;
  return { episodes, oldLogProb, refLogProb, kl };
}

/** R is 1 if the last attempt is right, else 0: an objective takes the cost of attempts off. */
function rewardsOf(rollouts: readonly GroupedRollout[]) {
  return {
    reward: Float64Array.from(rollouts, (rollout) => (isSolved(rollout) ? 1 : 0)),
    group: Int32Array.from(rollouts, ({ group }) => group),
  };
}

/** Episodes of the policy with their rewards. */
export function rolloutMaterial(
  trainer: Trainer,
  phase: PhaseOf<'episodes'>,
  state: TrainingState,
  random: RandomStream,
): Material {
  const rollouts = drawGroups(trainer, phase, state, random);
  const { episodes, oldLogProb, refLogProb, kl } = scored(trainer, state, rollouts);
  const measures = evaluationMeasures(rollouts, trainer.layout.attempts);
  const { attemptCost } = getObjective(phase.objective).traits(phase.options);
  const cost = attemptCost * (measures.attempts - 1);
  return {
    episodes,
    outcome: { oldLogProb, refLogProb, ...rewardsOf(rollouts) },
    observed: observed(measures, measures.accuracy - cost, kl),
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
  const rollouts = drawGroups(trainer, phase, state, random);
  const solved = rollouts.filter(isSolved);
  const measures = evaluationMeasures(rollouts, trainer.layout.attempts);
  // During base the policy is its own reference.
  const kl = state.phase === 'base' ? null : scored(trainer, state, rollouts).kl;
  return {
    episodes: episodeBatch(trainer.layout, solved),
    outcome: rewardsOf(solved),
    observed: observed(measures, measures.accuracy, kl),
    kept: solved.length,
    missingErrors: null,
  };
}
