// What the engine, the recursions and the objectives have for the statements of C2.
import { advantages, rewardGradient } from '../../attribution/budget.ts';
import { leafRatios } from '../../attribution/divergence.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { edgeNodes } from '../../attribution/over/indices.ts';
import { leafWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { float64Field as field } from '../../base/field.ts';
import { alongSize, byComponentAlong, engineRewardGradient } from '../shared/alongDirection.ts';
import { drGrpo, type Estimator, GROUP, rloo } from '../shared/estimators.ts';
import { expected, groupsFit } from '../shared/expectedGradients.ts';
import type { Library, OfLibrary } from '../shared/inFloat64.ts';
import { critic, drGrpoOfTwo, historyBaseline, rlooOfThree, rlooOfTwo, scoreFunction } from './statements.ts';

/** The engine's derivative of E[R], and that of one scalar R − b for each trajectory. */
const scores: Library = (policy, { direction, baseline }) => {
  const { graph, reward, rewardSize } = policy;
  const centred = field.mul(
    leafRatios(policy).prob,
    reward.map((r) => r - baseline![0]!),
  );
  return {
    left: byComponentAlong(policy, engineRewardGradient(policy), direction!),
    right: byComponentAlong(policy, scoreGradient(policy, leafWeights(graph, centred)), direction!),
    ...alongSize(policy, rewardSize + 1.5),
  };
};

/** E[b(h_t)·u_t]: nothing. */
const ofHistory: Library = (policy, { baseline }) => {
  const nodes = edgeNodes(policy.graph);
  const weight = policy.reach.map((reach, e) => reach * baseline![nodes[e]!]!);
  return { left: scoreGradient(policy, weight), size: 1.5, terms: 'max |b|' };
};

const ofCritic: Library = (policy) => ({
  left: scoreGradient(policy, field.mul(policy.reach, advantages(policy, policy.reward))),
  right: rewardGradient(policy),
  size: 2 * policy.rewardSize,
  terms: '2 · max |R|',
});

/** A multiple of the expected gradient of an objective as it is trained, every group enumerated where that can be done. */
function ofGroups(estimator: Estimator, groupSize: number, factor: number): Library {
  const asked: Estimator = { ...estimator, groupSize };
  return (policy: EvaluatedPolicy): OfLibrary => {
    const size = 2 * factor * policy.rewardSize * groupSize;
    const terms = `${2 * factor} · G · max |R|`;
    const right = rewardGradient(policy).map((x) => x * (groupSize - 1));
    if (groupSize > GROUP || !groupsFit(policy)) return { right, size, terms };
    return { left: expected(policy, asked).gradient.map((x) => factor * x), right, size, terms };
  };
}

/** Sides of the statements of C2, by the names of these. */
export const c2Library: Readonly<Record<string, Library>> = {
  [scoreFunction.name]: scores,
  [historyBaseline.name]: ofHistory,
  [critic.name]: ofCritic,
  // The texts have the multiples of the expected gradients that need no division: R_i − R_j, and 2R_i − (R_j + R_k).
  [rlooOfTwo.name]: ofGroups(rloo, 2, 1),
  [drGrpoOfTwo.name]: ofGroups(drGrpo, 2, 2),
  [rlooOfThree.name]: ofGroups(rloo, 3, 2),
};
