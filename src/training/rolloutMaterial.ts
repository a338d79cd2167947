// Draws a group of episodes from the policy at each training prompt. RL uses all of them, filtered SFT only the solved ones.
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
import { chosenMicroBatch } from './memory.ts';
import type { TrainingState } from './state.ts';
import type { Trainer } from './trainer.ts';

/** A grouped rollout is an episode with the index of the prompt it answers. */
type GroupedRollout = JudgedRollout & { readonly group: number };

/** Draws the episodes of a step, [prompts·group]; those of one prompt are adjacent. */
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

/**
 * Returns the batch of episodes, log π and log π_base of their tokens, [N], and the mean over episodes of Σ_t
 * (log π − log π_base).
 */
function scored(
  { config, task, layout, model }: Trainer,
  { phase, reference }: TrainingState,
  rollouts: readonly GroupedRollout[],
) {
  const episodes = episodeBatch(layout, rollouts);
  const oldLogProb = Float64Array.from(rollouts.flatMap(({ logProbs }) => logProbs));
  const microBatch = chosenMicroBatch(config, task, phase);
  const refLogProb = logProbsOf(model, reference, episodes, microBatch);
  const kl = oldLogProb.reduce((sum, x, t) => sum + x - refLogProb[t]!, 0) / rollouts.length;
  return { episodes, oldLogProb, refLogProb, kl };
}

/**
 * Returns the rewards: R is 1 if the last attempt is right, else 0. Objectives subtract the cost of attempts
 * themselves.
 */
function rewardsOf(rollouts: readonly GroupedRollout[]) {
  return {
    reward: Float64Array.from(rollouts, (rollout) => (isSolved(rollout) ? 1 : 0)),
    group: Int32Array.from(rollouts, ({ group }) => group),
  };
}

/** Makes the material of a step from episodes of the policy and their rewards. */
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

/**
 * Makes the material of a step from episodes of the policy whose last attempt is right; there may be none.
 */
export function filteredMaterial(
  trainer: Trainer,
  phase: PhaseOf<'solved'>,
  state: TrainingState,
  random: RandomStream,
): Material {
  const rollouts = drawGroups(trainer, phase, state, random);
  const solved = rollouts.filter(isSolved);
  const measures = evaluationMeasures(rollouts, trainer.layout.attempts);
  // During the base phase the policy is its own reference.
  const kl = state.phase === 'base' ? null : scored(trainer, state, rollouts).kl;
  return {
    episodes: episodeBatch(trainer.layout, solved),
    outcome: rewardsOf(solved),
    observed: observed(measures, measures.accuracy, kl),
    kept: solved.length,
    missingErrors: null,
  };
}
