// Expected gradients of estimators, and the comparisons that C2 and C9 put them to.
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import {
  balanceTolerance,
  type ExpectedGradient,
  expectedGradient,
  MAX_GROUPS,
} from '../../attribution/expectedGradient.ts';
import { multisets } from '../../attribution/multisets.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import { dot } from '../../attribution/vectors.ts';
import { memoised, once } from '../../base/memoised.ts';
import { getObjective } from '../../objectives/index.ts';
import { leafRewards } from '../../policy/model.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import { type Comparison, distance, excess } from '../check.ts';
import { byRoute, type Route } from './asTrained.ts';
import { type Estimator, GROUP } from './estimators.ts';

const expectedOf = memoised((policy: EvaluatedPolicy) =>
  memoised((estimator: Estimator): Readonly<Record<Route, () => ExpectedGradient>> => {
    const by = (route: Route): ExpectedGradient => {
      const objective = byRoute(getObjective(estimator.objective), route);
      const options = objective.parseOptions(estimator.options);
      const { groupSize, behaviour = 'policy' } = estimator;
      return expectedGradient(policy, { objective, options, groupSize, behaviour });
    };
    return { weights: once(() => by('weights')), loss: once(() => by('loss')) };
  }),
);

/** The exact expected gradient of an estimator, by the weights of its objective or by the engine's gradient of its loss; computed once. */
export function expected(
  policy: EvaluatedPolicy,
  estimator: Estimator,
  route: Route = 'weights',
): ExpectedGradient {
  return expectedOf(policy)(estimator)[route]();
}

/** The gradient against the best multiple of ∇J: how far is its direction from ∇J's? Shared by checks and controls. */
export function asMultiple(gradient: Float64Array, target: Float64Array): Comparison {
  const size = dot(target, target);
  const scale = size === 0 ? 0 : dot(gradient, target) / size;
  return distance(
    gradient,
    target.map((x) => scale * x),
  );
}

/** Weights of one trajectory differ by at most this: a few roundings of the largest. */
export function balance({ spread, largest }: ExpectedGradient): {
  comparison: Comparison;
  tolerance: Tolerance;
} {
  return { comparison: excess(spread, 0), tolerance: balanceTolerance(largest) };
}

/** The policy with the reward that every theorem about binary rewards needs: its own target, no cost. */
export function withBinaryReward(policy: TabularPolicy): TabularPolicy {
  if (policy.reward.kind === 'target') return { ...policy, reward: { ...policy.reward, attemptCost: 0 } };
  const values = leafRewards(policy);
  const top = values.reduce((a, b) => Math.max(a, b));
  return { ...policy, reward: { kind: 'table', values: values.map((r) => (r === top ? 1 : 0)) } };
}

/** Can every group of G trajectories be enumerated by (reward, length)? Not where a table gives each its own reward. */
export function groupsFit({ graph, reward }: EvaluatedPolicy): boolean {
  const kinds = new Set<string>();
  graph.layers.forEach(({ leafStart, terminal }, t) => {
    for (let leaf = leafStart; leaf < leafStart + terminal.length; leaf++) kinds.add(`${reward[leaf]}|${t}`);
  });
  return multisets(kinds.size, GROUP) <= MAX_GROUPS;
}
