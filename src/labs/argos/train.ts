// One training run: grounded demonstrations first, then SFT or reinforcement under one of the rewards.
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
import { answerOf, drawImages, type Images, insideOf, prototypes } from './image.ts';
import type { ArgosOptions } from './options.ts';
import { initialParameters, policy } from './policy.ts';
import { answerScorer, pickAnswer, pickApplicable, pickAtRandom, rewardsOf } from './verifier.ts';

/** What follows the demonstrations. */
export const SETTINGS = ['sft', 'outcome', 'composed', 'broken'] as const;

/** One of them. */
export type ArgosSetting = (typeof SETTINGS)[number];

/** The segments of a rollout. */
export const SEGMENTS = ['point', 'answer'] as const;
/** The objective of reinforcement. */
export const REINFORCED: NamedObjective = { name: 'grpo', options: {} };
const IMITATED: NamedObjective = { name: 'sft', options: {} };

/** A policy on images that it was not trained on, in exact expectation over its two tokens. */
export interface Accuracy {
  /** π(point in the object). */
  readonly point: number;
  /** π(point on the border). */
  readonly border: number;
  /** π(right answer). */
  readonly answer: number;
  /** π(point in the object and right answer). */
  readonly grounded: number;
}

/** Means over images. */
export function accuracyOf({ look, answer }: Tables, images: Images): Accuracy {
  const inside = new Set(insideOf(images.side));
  let [point, border, right, grounded] = [0, 0, 0, 0];
  for (const [p, places] of look.entries()) {
    point += Math.exp(places[images.target[p]!]!);
    for (const [place, logProb] of places.entries()) {
      if (place < images.side ** 2 && !inside.has(place)) border += Math.exp(logProb);
      const both = Math.exp(logProb + answer[policy.seen(images, p, place)]![answerOf(images, p)]!);
      right += both;
      if (place === images.target[p]) grounded += both;
    }
  }
  const { count } = images;
  return {
    point: point / count,
    border: border / count,
    answer: right / count,
    grounded: grounded / count,
  };
}

/** What a run reports at each evaluation. */
export interface ArgosPoint {
  readonly step: number;
  /** On images as in training. */
  readonly whole: Accuracy;
  /** On images whose border is of any colour. */
  readonly broken: Accuracy;
}

/** A step that is done, with an evaluation where there was one. */
export interface ArgosStep {
  readonly step: number;
  readonly point?: ArgosPoint;
}

/** What is looked at while a run goes on. */
export interface Watched {
  /** Takes the split of every step. */
  readonly split?: SplitMean;
  /** Takes the rollouts of the steps at which the policy is evaluated. */
  readonly rollouts?: LabTrajectory[];
}

/** Grounded demonstrations: the point in the object, the right answer. */
export function demonstrationsOf(images: Images): TwoTokens {
  const answer = Int32Array.from({ length: images.count }, (_, p) => answerOf(images, p));
  return { prompt: answer.map((_, p) => p), look: images.target, seen: answer, answer };
}

/** The rollouts whose answer is right: what is imitated where demonstrations are chosen by their answers. */
export function rightOnes(rollouts: TwoTokens, correct: Float64Array): TwoTokens {
  const keep = (values: Int32Array): Int32Array => values.filter((_, i) => correct[i] === 1);
  const { prompt, look, seen, answer } = rollouts;
  return { prompt: keep(prompt), look: keep(look), seen: keep(seen), answer: keep(answer) };
}

/** Trains one setting; yields after every step, and once before the first. */
export function* train(
  options: ArgosOptions,
  setting: ArgosSetting,
  seed: number,
  watched: Watched = {},
): Generator<ArgosStep> {
  const { steps, prompts, group, annotated, shortcut, evaluateEvery, heldOut } = options;
  const stream = (purpose: string, step = 0) => randomStream(seed, `argos ${purpose}`, step);
  const seen = prototypes(options, stream('prototypes'));
  const draw = (count: number, of: number, purpose: string, step = 0): Images =>
    drawImages(options, count, seen, { shortcut: of, annotated }, stream(purpose, step));
  const whole = draw(heldOut, shortcut, 'held out');
  const broken = draw(heldOut, 0, 'broken');
  const learner = new Learner(
    initialParameters(options),
    adamw({ learningRate: constant(options.learningRate), weightDecay: 0 }),
  );
  const point = (step: number): ArgosPoint => {
    const accuracy = (images: Images): Accuracy =>
      accuracyOf(tablesOf(policy, learner.parameters, images), images);
    return { step, whole: accuracy(whole), broken: accuracy(broken) };
  };
  const imitate = (images: Images, rollouts: TwoTokens): void => {
    const reward = new Float64Array(rollouts.prompt.length).fill(1);
    learner.step((p) => gradientOf(policy, p, images, rollouts, reward, IMITATED, [...SEGMENTS]).gradient);
  };
  try {
    const shown = draw(options.demonstrations, shortcut, 'demonstrations');
    for (let step = 0; step < options.warmSteps; step++) imitate(shown, demonstrationsOf(shown));
    yield { step: 0, point: point(0) };
    for (let step = 1; step <= steps; step++) {
      const images = draw(prompts, shortcut, 'images', step);
      const tables = tablesOf(policy, learner.parameters, images);
      const rollouts = drawRollouts(policy, tables, images, group, stream('rollouts', step));
      const correct = rewardsOf(images, rollouts, () => [answerScorer]);
      const pick = {
        outcome: pickAnswer,
        composed: pickApplicable,
        broken: pickAtRandom(stream('pick', step)),
      };
      const isReported = step % evaluateEvery === 0 || step === steps;
      if (setting === 'sft') {
        if (correct.includes(1)) imitate(images, rightOnes(rollouts, correct));
      } else {
        const reward = rewardsOf(images, rollouts, pick[setting]);
        learner.step((parameters) => {
          const found = gradientOf(policy, parameters, images, rollouts, reward, REINFORCED, [...SEGMENTS]);
          watched.split?.add(found.split);
          return found.gradient;
        });
        if (isReported) {
          const isRight = Uint8Array.from(correct);
          watched.rollouts?.push(...trajectoriesOf(rollouts, tables, reward, isRight, step));
        }
      }
      yield isReported ? { step, point: point(step) } : { step };
    }
  } finally {
    learner.dispose();
  }
}
