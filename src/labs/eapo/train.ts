// One training run: the outcome alone, or the outcome and a reward for evidence that stays as it is or is fitted again.
import { randomStream } from '../../base/random.ts';
import { adamw, constant } from '../../optim/index.ts';
import type { LabTrajectory } from '../shared/audited.ts';
import { Learner } from '../shared/learner.ts';
import type { SplitMean } from '../shared/split.ts';
import {
  drawRollouts,
  gradientOf,
  type NamedObjective,
  type Tables,
  type TwoTokens,
  tablesOf,
  trajectoriesOf,
} from '../shared/twoTokens.ts';
import type { EapoOptions } from './options.ts';
import { initialParameters, policy } from './policy.ts';
import { answerOf, type Contexts, drawContexts, reflection } from './retrieval.ts';
import { type Judged, RewardModel } from './rewardModel.ts';
import { type HighScored, highScored } from './selfConfirmation.ts';

/** Where the reward for evidence comes from; `shuffled` is fitted again to outcomes of other rollouts. */
export const SETTINGS = ['outcome', 'static', 'refreshed', 'shuffled'] as const;

/** One of them. */
export type EvidenceSetting = (typeof SETTINGS)[number];

/** The segments of a rollout. */
export const SEGMENTS = ['evidence', 'answer'] as const;
/** The objective of every setting. */
export const OBJECTIVE: NamedObjective = { name: 'grpo', options: {} };

/** A policy on contexts that it was not trained on, in exact expectation over its two tokens. */
export interface Accuracy {
  readonly evidence: number;
  readonly answer: number;
  /** How often the popular value is the answer: what guessing it achieves. */
  readonly popular: number;
}

/** π(right evidence) and π(right answer), means over contexts. */
export function accuracyOf({ look, answer }: Tables, contexts: Contexts): Accuracy {
  let [evidence, right, popular] = [0, 0, 0];
  for (const [p, places] of look.entries()) {
    if (answerOf(contexts, p) === 0) popular++;
    evidence += Math.exp(places[contexts.right[p]!]!);
    for (const [place, logProb] of places.entries()) {
      const row = answer[policy.seen(contexts, p, place)]!;
      right += Math.exp(logProb + row[answerOf(contexts, p)]!);
    }
  }
  const { count } = contexts;
  return { evidence: evidence / count, answer: right / count, popular: popular / count };
}

/** How often the entry that a reward model scores highest is the right one. */
export function choiceAccuracy(scores: Float64Array, { right, slots, count }: Contexts): number {
  let hits = 0;
  for (let p = 0; p < count; p++) {
    const own = scores.subarray(p * slots, (p + 1) * slots);
    if (own.indexOf(Math.max(...own)) === right[p]) hits++;
  }
  return hits / count;
}

/** Rollouts with what is known of them. */
interface Attempted extends TwoTokens {
  readonly correct: Uint8Array;
  readonly score: Float64Array;
}

function attempted(contexts: Contexts, rollouts: TwoTokens, scores: Float64Array): Attempted {
  const { prompt, look, answer } = rollouts;
  return {
    ...rollouts,
    correct: Uint8Array.from(prompt, (p, i) => (answer[i] === answerOf(contexts, p) ? 1 : 0)),
    score: Float64Array.from(prompt, (p, i) => scores[p * contexts.slots + look[i]!]!),
  };
}

function judged(contexts: Contexts, { prompt, look, correct, score }: Attempted): Judged[] {
  const { query, key, width, slots, right } = contexts;
  return Array.from(prompt, (p, i) => {
    const at = (p * slots + look[i]!) * width;
    return {
      query: query.subarray(p * width, (p + 1) * width),
      key: key.subarray(at, at + width),
      score: score[i]!,
      correct: correct[i] === 1,
      right: look[i] === right[p],
    };
  });
}

/** The same rollouts with the outcomes of others, in an order drawn at random. */
export function withShuffledOutcomes(rollouts: readonly Judged[], seed: number, step: number): Judged[] {
  const random = randomStream(seed, 'eapo shuffle', step);
  const from = rollouts.map((_, i) => i);
  for (let i = from.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [from[i], from[j]] = [from[j]!, from[i]!];
  }
  return rollouts.map((one, i) => ({ ...one, correct: rollouts[from[i]!]!.correct }));
}

/** What a run reports at each evaluation. */
export interface EapoPoint extends Accuracy {
  readonly step: number;
  /** How often the choice of its reward model is right. */
  readonly model: number;
  /** Of the steps since the last evaluation. */
  readonly high: HighScored;
}

/** A step that is done, with an evaluation where there was one. */
export interface EapoStep {
  readonly step: number;
  readonly point?: EapoPoint;
}

/** What is looked at while a run goes on. */
export interface Watched {
  /** Takes the split of every step. */
  readonly split?: SplitMean;
  /** Takes the rollouts of the steps at which the policy is evaluated. */
  readonly rollouts?: LabTrajectory[];
}

/** Trains one setting; yields after every step, and once before the first. */
export function* train(
  options: EapoOptions,
  setting: EvidenceSetting,
  seed: number,
  watched: Watched = {},
): Generator<EapoStep> {
  const { steps, prompts, group, width, noise, scale, refreshEvery, evaluateEvery } = options;
  const map = reflection(width, randomStream(seed, 'eapo map'));
  const heldOut = drawContexts(options, options.heldOut, map, randomStream(seed, 'eapo held out'));
  const learner = new Learner(
    initialParameters(options, options.lean),
    adamw({ learningRate: constant(options.learningRate), weightDecay: 0 }),
  );
  const random = randomStream(seed, 'eapo noise');
  const model = new RewardModel(map, width, noise, scale, options.refreshRate, random);
  let buffer: Judged[] = [];
  let since: Judged[] = [];
  const point = (step: number): EapoPoint => ({
    step,
    ...accuracyOf(tablesOf(policy, learner.parameters, heldOut), heldOut),
    model: choiceAccuracy(model.scores(heldOut), heldOut),
    high: highScored(since),
  });
  try {
    yield { step: 0, point: point(0) };
    for (let step = 1; step <= steps; step++) {
      const contexts = drawContexts(options, prompts, map, randomStream(seed, 'eapo contexts', step));
      const tables = tablesOf(policy, learner.parameters, contexts);
      const drawn = drawRollouts(policy, tables, contexts, group, randomStream(seed, 'eapo rollouts', step));
      const rollouts = attempted(contexts, drawn, model.scores(contexts));
      const weight = setting === 'outcome' ? 0 : options.evidenceWeight;
      // R = 1[answer right] + λ·s(evidence)
      const reward = Float64Array.from(rollouts.correct, (c, i) => c + weight * rollouts.score[i]!);
      learner.step((parameters) => {
        const found = gradientOf(policy, parameters, contexts, rollouts, reward, OBJECTIVE, [...SEGMENTS]);
        watched.split?.add(found.split);
        return found.gradient;
      });
      const known = judged(contexts, rollouts);
      buffer.push(...known);
      since.push(...known);
      if (step % refreshEvery === 0) {
        if (setting === 'refreshed') model.refresh(buffer, options.refreshSteps);
        if (setting === 'shuffled')
          model.refresh(withShuffledOutcomes(buffer, seed, step), options.refreshSteps);
        buffer = [];
      }
      if (step % evaluateEvery !== 0 && step !== steps) {
        yield { step };
        continue;
      }
      watched.rollouts?.push(...trajectoriesOf(rollouts, tables, reward, rollouts.correct, step));
      yield { step, point: point(step) };
      since = [];
    }
  } finally {
    learner.dispose();
    model.dispose();
  }
}
