// What a step learns from: synthetic traces, or episodes drawn by the policy itself; and what is seen of them.
import type { Parameters } from '../autodiff/index.ts';
import { type RandomStream, randomStream } from '../base/random.ts';
import {
  type Decodable,
  type Drawing,
  decodable,
  drawTrace,
  type EpisodeBatch,
  type EpisodeLayout,
  episodeBatch,
  responseOf,
  sampleEpisodes,
} from '../policy/index.ts';
import type { ErrorKind, Split, Task, Tokens } from '../tasks/index.ts';
import type { PhaseConfig } from './config.ts';
import { logProbsOf, type Outcome } from './gradient.ts';
import { isSolved, type JudgedEpisode, judge, type Measures, measures } from './measure.ts';
import type { TrainingState } from './state.ts';
import { type Trainer, wrongOf } from './trainer.ts';

/**
 * Episodes drawn from a policy, judged.
 * @param prompts [B]
 * @returns responses [B], ragged; log π of all their tokens end to end [N]; judged episodes [B]
 */
export function rollOut(
  { task, layout }: { readonly task: Task; readonly layout: EpisodeLayout },
  from: Decodable,
  prompts: readonly Tokens[],
  drawing: Drawing,
  random: RandomStream,
): { responses: Tokens[]; logProbs: Float64Array; judged: JudgedEpisode[] } {
  const rollouts = sampleEpisodes(from, {
    layout,
    prompts,
    drawing,
    random: (row) => random.split('row', row),
  });
  return {
    responses: rollouts.map((r) => r.response),
    logProbs: Float64Array.from(rollouts.flatMap((r) => r.logProbs)),
    judged: rollouts.map((rollout, i) => judge(task, layout, prompts[i]!, rollout)),
  };
}

/** As the policy is trained. */
const PLAIN: Drawing = { temperature: 1 };

/** Prompts of a split, each from a stream of its own. */
export function drawPrompts(task: Task, split: Split, count: number, random: RandomStream): number[][] {
  return Array.from({ length: count }, (_, i) => task.prompt(split, random.split('prompt', i)));
}

/** R(τ) = 1 if the last attempt is right, else 0. The objective takes the cost of attempts off. */
function rewardOf(episode: JudgedEpisode): number {
  return isSolved(episode) ? 1 : 0;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** What is seen of the policy at a step; null where there is nothing to say. */
export interface Observed {
  readonly reward: number | null;
  readonly firstAttempt: number | null;
  readonly stopGivenCorrect: number | null;
  readonly resampleGivenWrong: number | null;
  /** Mean over episodes of Σ_t log π − log π_base. */
  readonly klToBase: number | null;
}

const NOTHING: Observed = {
  reward: null,
  firstAttempt: null,
  stopGivenCorrect: null,
  resampleGivenWrong: null,
  klToBase: null,
};

function observed(measured: Measures, reward: number, klToBase: number | null): Observed {
  return {
    reward,
    firstAttempt: measured.firstAttempt,
    stopGivenCorrect: orNull(measured.stopGivenCorrect),
    resampleGivenWrong: orNull(measured.resampleGivenWrong),
    klToBase,
  };
}

/** What a step learns from. */
export interface Material {
  readonly episodes: EpisodeBatch;
  readonly outcome: Outcome;
  readonly observed: Observed;
}

/** Synthetic traces at training prompts. */
export function traceMaterial(trainer: Trainer, phase: PhaseConfig, random: RandomStream): Material {
  const { task, layout } = trainer;
  const { batch, wrong, errors } = phase.options as { batch: number; wrong: string; errors: ErrorKind };
  const prompts = drawPrompts(task, 'id', batch, random);
  const options = { wrong: wrongOf(wrong), errors };
  const responses = prompts.map((prompt, i) =>
    responseOf(layout, drawTrace(task, prompt, options, random.split('trace', i))),
  );
  const outcome = { reward: new Float64Array(batch), group: Int32Array.from(prompts, (_, i) => i) };
  return { episodes: episodeBatch(layout, prompts, responses), outcome, observed: NOTHING };
}

/** Episodes of the policy at training prompts, a group for each. */
export function rolloutMaterial(
  trainer: Trainer,
  phase: PhaseConfig,
  state: TrainingState,
  random: RandomStream,
): Material {
  const { task, layout, model } = trainer;
  const { prompts: count, group, attemptCost } = phase.options as Record<string, number>;
  const prompts = drawPrompts(task, 'id', count!, random).flatMap((prompt) =>
    Array.from({ length: group! }, () => prompt),
  );
  const { responses, logProbs, judged } = rollOut(
    trainer,
    decodable(model, state.parameters),
    prompts,
    PLAIN,
    random,
  );
  const episodes = episodeBatch(layout, prompts, responses);
  const refLogProb = logProbsOf(model, state.reference, episodes);
  const reward = Float64Array.from(judged, rewardOf);
  const groups = Int32Array.from(prompts, (_, i) => Math.floor(i / group!));
  const measured = measures(judged, layout.attempts);
  const kl = logProbs.reduce((sum, x, t) => sum + x - refLogProb[t]!, 0) / prompts.length;
  return {
    episodes,
    outcome: { oldLogProb: logProbs, refLogProb, reward, group: groups },
    observed: observed(measured, mean(reward) - attemptCost! * (measured.attempts - 1), kl),
  };
}

/** A small evaluation on training prompts, for phases that draw no episodes themselves. */
export function observe(trainer: Trainer, parameters: Parameters, done: number): Observed {
  const { evaluateEvery, evaluateEpisodes } = trainer.config.run as Record<string, number>;
  if (evaluateEvery === 0 || done % evaluateEvery! !== 0) return NOTHING;
  const random = randomStream(trainer.seed, 'small evaluation', done);
  const prompts = drawPrompts(trainer.task, 'id', evaluateEpisodes!, random);
  const { judged } = rollOut(trainer, decodable(trainer.model, parameters), prompts, PLAIN, random);
  const measured = measures(judged, trainer.layout.attempts);
  return observed(measured, measured.accuracy, null);
}
