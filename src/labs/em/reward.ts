// What filtered EM has to do with the reward gradient: the expected update of a sampler, and what it is the gradient of.
import {
  exp,
  grad,
  log,
  mul,
  neg,
  type Parameters,
  reshape,
  scope,
  sub,
  sum,
  type Tensor,
} from '../../autodiff/index.ts';
import { logProbs, objectiveGradient, type Trajectory } from './policy.ts';
import type { Question, Sizes } from './world.ts';

/** Every rationale with y* at every question: the trajectories that can be kept. */
function keepable({ methods }: Sizes, questions: readonly Question[]): Omit<Trajectory, 'reward'>[] {
  return questions.flatMap((question) =>
    Array.from({ length: methods }, (_, rationale) => ({ question, rationale, answer: question.answer })),
  );
}

/** All numbers of a gradient, in the order of the parameters. */
export function flat(gradient: Parameters): Float64Array {
  const arrays = Object.values(gradient).map((part) => part.readSync());
  return Float64Array.from(arrays.flatMap((part) => [...part]));
}

/**
 * The expected ascent direction of filtered SFT, the mean over questions of Σ_z P(z is drawn and kept)·∇log π(z, y* | x), as the
 * gradient of REINFORCE on all trajectories with these probabilities in place of rewards.
 * @param kept [questions][M] the probability that z is drawn and kept
 */
export function expectedUpdate(
  sizes: Sizes,
  parameters: Parameters,
  questions: readonly Question[],
  kept: readonly Float64Array[],
): Float64Array {
  const { methods } = sizes;
  // REINFORCE divides by the number of trajectories, which is M for each question.
  const trajectories = keepable(sizes, questions).map((one, i) => ({
    ...one,
    reward: methods * kept[Math.floor(i / methods)]![i % methods]!,
  }));
  return scope(() => flat(objectiveGradient(sizes, parameters, trajectories, 'reinforce').gradient)).map(
    (x) => -x,
  );
}

/** J_x = π(y* | x) of every question, [questions], in ops of the engine. */
function successes(sizes: Sizes, parameters: Parameters, questions: readonly Question[]): Tensor {
  const all = keepable(sizes, questions).map((one) => ({ ...one, reward: 1 }));
  const tokens = reshape(logProbs(sizes, parameters, all), [all.length, 2]);
  return sum(reshape(exp(sum(tokens, -1)), [questions.length, sizes.methods]), -1);
}

/** −Σ_{k ≤ attempts} (1 − J)^k/k for each J: log J cut off after so many terms, J − 1 after one. */
function truncatedLog(success: Tensor, attempts: number): Tensor {
  if (attempts === Number.POSITIVE_INFINITY) return log(success);
  const failure = sub(1, success);
  let power = failure;
  let out = neg(power);
  for (let k = 2; k <= attempts; k++) {
    power = mul(power, failure);
    out = sub(out, mul(power, 1 / k));
  }
  return out;
}

/**
 * The gradient by the engine of the mean over questions of −Σ_{k ≤ attempts} (1 − J_x)^k/k: at 1 attempt the gradient of the expected
 * reward, without a limit that of the log-likelihood.
 */
export function truncatedGradient(
  sizes: Sizes,
  parameters: Parameters,
  questions: readonly Question[],
  attempts: number,
): Float64Array {
  const value = (p: Parameters): Tensor =>
    mul(sum(truncatedLog(successes(sizes, p, questions), attempts)), 1 / questions.length);
  return scope(() => flat(grad(value)(parameters)));
}

/** The largest difference of two arrays. */
export function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

/**
 * The largest difference between the two sides of an identity on one batch: the SFT gradient on the K right ones of B trajectories times
 * K/B, and the REINFORCE gradient on all of them with rewards 0 and 1 and no baseline.
 */
export function batchDifference(
  sizes: Sizes,
  parameters: Parameters,
  trajectories: readonly Trajectory[],
): number {
  const right = trajectories.filter(({ reward }) => reward === 1);
  return scope(() => {
    const imitation = flat(objectiveGradient(sizes, parameters, right, 'sft').gradient);
    const reward = flat(objectiveGradient(sizes, parameters, trajectories, 'reinforce').gradient);
    const factor = right.length / trajectories.length;
    return largestDifference(
      imitation.map((x) => x * factor),
      reward,
    );
  });
}
