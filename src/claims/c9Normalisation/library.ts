// What the engine, the recursions and the objectives have for the statements of C9.
import { rewardGradient } from '../../attribution/budget.ts';
import { onlyComponent } from '../../attribution/byComponent.ts';
import { leafRatios } from '../../attribution/divergence.ts';
import { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { leafWeights, returnWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { float64Field as field } from '../../base/field.ts';
import { alongSize, byComponentAlong, engineRewardGradient } from '../shared/alongDirection.ts';
import { tokenMean as byTokens, type Estimator, perLength } from '../shared/estimators.ts';
import { expected, groupsFit } from '../shared/expectedGradients.ts';
import type { Library } from '../shared/inFloat64.ts';
import { anyFactor, byLength, tokenMean, withoutDecisions } from './statements.ts';

/** The engine’s derivative of E[c·R], and that of one scalar c·R for each trajectory. */
const scaled: Library = (policy, { factor, direction }) => {
  const { graph, model, rewardSize } = policy;
  const reward = field.mul(factor!, policy.reward);
  const engine = engineRewardGradient(new EvaluatedPolicy({ ...model, reward }));
  const weights = leafWeights(graph, field.mul(leafRatios(policy).prob, reward));
  return {
    left: byComponentAlong(policy, engine, direction!),
    right: byComponentAlong(policy, scoreGradient(policy, weights), direction!),
    ...alongSize(policy, 1.5 * rewardSize),
  };
};

/** The expected gradient of an objective as it is trained in groups of two, where every group can be enumerated. */
function inPairs(estimator: Estimator): (policy: EvaluatedPolicy) => Float64Array | undefined {
  const asked: Estimator = { ...estimator, groupSize: 2 };
  return (policy) => (groupsFit(policy) ? expected(policy, asked).gradient : undefined);
}

const lengths = inPairs(perLength);
const tokens = inPairs(byTokens);

/** The text has twice the gradient, so that nothing is divided by G. */
const ofLengths: Library = (policy) => {
  const left = lengths(policy)?.map((x) => 2 * x);
  const size = 4 * policy.rewardSize;
  return { ...(left === undefined ? {} : { left }), size, terms: '2G · max |R|' };
};

const ofTokens: Library = (policy, { direction }) => {
  const gradient = tokens(policy);
  const left = gradient === undefined ? undefined : byComponentAlong(policy, gradient, direction!);
  return { ...(left === undefined ? {} : { left }), ...alongSize(policy, 4 * policy.rewardSize) };
};

const ofSample: Library = (policy) => {
  const { graph, reward, rewardSize } = policy;
  const right = rewardGradient(policy).map((x, slot) => (slot < graph.sampleSlots ? x : 0));
  return {
    left: scoreGradient(policy, onlyComponent(graph, returnWeights(policy, reward), 'sample')),
    right,
    size: rewardSize,
    terms: 'max |R|',
  };
};

/** Sides of the statements of C9, by the names of these. */
export const c9Library: Readonly<Record<string, Library>> = {
  [anyFactor.name]: scaled,
  [byLength.name]: ofLengths,
  [tokenMean.name]: ofTokens,
  [withoutDecisions.name]: ofSample,
};
