// Optimises the policy against a reward by RLOO, step by step, and looks at it as it goes.
import { randomStream } from '../../base/random.ts';
import { mean } from '../../base/student.ts';
import { rloo, type TokenBatch } from '../../objectives/index.ts';
import { adamw, constant } from '../../optim/index.ts';
import type { LabTrajectory } from '../shared/audited.ts';
import { Learner } from '../shared/learner.ts';
import { onPolicyBatch } from '../shared/onPolicy.ts';
import { SplitMean, segmentGradient } from '../shared/split.ts';
import type { Judge } from './judge.ts';
import { logProbsAt, referenceParameters, Sampler, tokenPlaces } from './policy.ts';
import { CONTENT, goldReward, PLACES, type Response } from './responses.ts';

/** How the policy is optimised. */
export interface OptimiseOptions {
  readonly steps: number;
  /** Groups a step, and responses a group. */
  readonly groups: number;
  readonly group: number;
  readonly learningRate: number;
  /** β of RLOO's own penalty on the KL to the reference policy, inside the reward. */
  readonly kl: number;
  /** The policy is looked at every so many steps, with so many fresh responses. */
  readonly evaluateEvery: number;
  readonly evaluated: number;
  readonly lengthCost: number;
}

/** The segments of a response. */
export const SEGMENTS: readonly string[] = ['content', 'filler'];

/** What was seen over an optimisation, a number for every look. */
export interface Course {
  readonly step: number[];
  /** Mean standardised reward of the reward model. */
  readonly proxy: number[];
  /** Mean gold reward. */
  readonly gold: number[];
  /** Share of outliers. */
  readonly share: number[];
  /** The largest |standardised reward| over distance of a response. */
  readonly perDistance: number[];
}

/** An optimisation that has ended. */
export interface Optimised {
  readonly course: Course;
  readonly split: SplitMean;
  /** A sample of its rollouts, for the audit. */
  readonly rollouts: readonly LabTrajectory[];
}

/** The batch as RLOO sees it: tokens of all responses one after the other, `group` responses for each group. */
function batchOf(
  places: readonly (readonly number[])[],
  reward: Float64Array,
  group: number,
  logProb: Float64Array,
  refLogProb: Float64Array,
): TokenBatch {
  const offsets = new Int32Array(places.length + 1);
  for (const [i, tokens] of places.entries()) offsets[i + 1] = offsets[i]! + tokens.length;
  const groups = Int32Array.from(reward, (_, i) => Math.floor(i / group));
  return { ...onPolicyBatch({ offsets, logProb, reward, group: groups }), refLogProb };
}

/** Names of the tokens of a response. */
function tokensOf({ content, filler }: Response): string[] {
  const end = filler.length < PLACES ? ['<end>'] : [];
  return [...content.map((value) => `value${value}`), ...filler.map((kind) => `filler${kind}`), ...end];
}

/**
 * Optimises from the reference policy on; yields after every step how many are done.
 * @param rewardOf the reward of the responses of a step, [N]
 * @param seen by whom the policy is looked at
 */
export function* optimise(
  options: OptimiseOptions,
  seed: number,
  rewardOf: (responses: readonly Response[], step: number) => Float64Array,
  seen: Judge,
): Generator<number, Optimised> {
  const { steps, groups, group, learningRate, kl, evaluateEvery, evaluated, lengthCost } = options;
  const objectiveOptions = rloo.parseOptions({ beta: kl });
  const learner = new Learner(
    referenceParameters(),
    adamw({ learningRate: constant(learningRate), weightDecay: 0 }),
  );
  const reference = new Sampler(learner.parameters);
  const split = new SplitMean();
  const course: Course = { step: [], proxy: [], gold: [], share: [], perDistance: [] };
  const rollouts: LabTrajectory[] = [];

  const look = (sampler: Sampler, step: number): void => {
    const responses = sampler.drawMany(evaluated, randomStream(seed, 'evaluation', step));
    const { reward, distance, outliers } = seen.judge(responses);
    course.step.push(step);
    course.proxy.push(mean([...reward]));
    course.gold.push(mean(responses.map((response) => goldReward(response, lengthCost))));
    course.share.push(outliers);
    course.perDistance.push(reward.reduce((most, r, i) => Math.max(most, Math.abs(r) / distance[i]!), 0));
  };

  for (let step = 0; step < steps; step++) {
    const sampler = new Sampler(learner.parameters);
    const isLooked = step % evaluateEvery === 0;
    if (isLooked) look(sampler, step);
    const responses = sampler.drawMany(groups * group, randomStream(seed, 'rollouts', step));
    const reward = rewardOf(responses, step);
    const places = responses.map(tokenPlaces);
    const flat = places.flat();
    const refLogProb = reference.logProbs(flat);
    learner.step((parameters) => {
      const gradient = segmentGradient({
        parameters,
        logProbs: (p) => logProbsAt(p, flat),
        loss: (logProb, values) =>
          rloo.loss(logProb, batchOf(places, reward, group, values, refLogProb), objectiveOptions),
        segment: Uint8Array.from(places.flatMap((tokens) => tokens.map((_, t) => (t < CONTENT ? 0 : 1)))),
        segments: SEGMENTS,
      });
      split.add(gradient.split);
      return gradient.gradient;
    });
    if (isLooked) {
      for (const [i, response] of responses.entries()) {
        rollouts.push({
          group: `${Math.floor(i / group)}`,
          step,
          tokens: tokensOf(response),
          roles: places[i]!.map((_, t) => (t < CONTENT ? 'sample' : 'decision')),
          logProbs: [...sampler.logProbs(places[i]!)],
          refLogProbs: [...reference.logProbs(places[i]!)],
          reward: reward[i]!,
        });
      }
    }
    yield step + 1;
  }
  look(new Sampler(learner.parameters), steps);
  learner.dispose();
  return { course, split, rollouts };
}
