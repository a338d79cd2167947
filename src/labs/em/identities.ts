// What holds before anything is trained: the bounds of the samplers, and what their expected updates are gradients of.
import { type Parameters, scope } from '../../autodiff/index.ts';
import { categorical, type RandomStream } from '../../base/random.ts';
import { boundOf } from './exact.ts';
import { parametersOf, type Trajectory } from './policy.ts';
import { batchDifference, expectedUpdate, largestDifference, truncatedGradient } from './reward.ts';
import { asked, keptLaw, keptProbability, SAMPLERS, type SamplerName, type Sampling } from './samplers.ts';
import { prior, probabilities, type Tables } from './tables.ts';
import { execution, type World } from './world.ts';

/** Trajectories drawn from the policy as it is, with their rewards. */
export function drawnFrom(world: World, tables: Tables, count: number, random: RandomStream): Trajectory[] {
  const { training, answers } = world;
  return Array.from({ length: count }, () => {
    const question = training[random.integer(training.length)]!;
    const rationale = categorical([...prior(world, tables, question)], random);
    const row = execution(world, rationale, question.operand) * answers;
    const answer = categorical([...tables.answer.subarray(row, row + answers)], random);
    return { question, rationale, answer, reward: answer === question.answer ? 1 : 0 };
  });
}

/** The identities at a policy, each as a largest difference, and what a hint does to them. */
export function identities(
  world: World,
  logits: Tables,
  sampling: Sampling,
  count: number,
  random: RandomStream,
): Record<string, number> {
  const tables = probabilities(world, logits);
  const questions = world.training.map((question) => asked(world, tables, question));
  const bounds = (name: SamplerName) => questions.map((one) => boundOf(one, keptLaw(name, one, sampling)));
  const [rejection, star, pps] = SAMPLERS.map(bounds);
  const parts = [...rejection!, ...star!, ...pps!].map(({ logLikelihood, elbo, gap }) =>
    Math.abs(logLikelihood - elbo - gap),
  );
  return scope(() => {
    const parameters: Parameters = parametersOf(world, logits);
    const update = (name: SamplerName, attempts: number): Float64Array =>
      expectedUpdate(
        world,
        parameters,
        world.training,
        questions.map((one) => keptProbability(name, one, { ...sampling, attempts })),
      );
    const target = (attempts: number): Float64Array =>
      truncatedGradient(world, parameters, world.training, attempts);
    const budgets = [1, sampling.attempts, Number.POSITIVE_INFINITY];
    return {
      boundDifference: Math.max(...parts),
      gapRejection: Math.max(...rejection!.map(({ gap }) => Math.abs(gap))),
      gapStarBelowPps: Math.min(...star!.map(({ gap }, i) => pps![i]!.gap - gap)),
      batchDifference: batchDifference(world, parameters, drawnFrom(world, tables, count, random)),
      budgetDifference: Math.max(...budgets.map((n) => largestDifference(update('rejection', n), target(n)))),
      hintedDifference: largestDifference(update('pps', 1), target(1)),
    };
  });
}
