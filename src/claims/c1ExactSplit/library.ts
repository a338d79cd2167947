// What the engine and the recursions have for the statements of C1.
import { onlyComponent } from '../../attribution/byComponent.ts';
import { expectedLeaf, reachTensor } from '../../attribution/differentiable.ts';
import { logRatio } from '../../attribution/divergence.ts';
import { returnWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { sharedGradient } from '../../attribution/twoCopy.ts';
import { tensor } from '../../autodiff/index.ts';
import { float64Field as field } from '../../base/field.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import {
  alongSize,
  byComponentAlong,
  engineKlGradient,
  engineRewardGradient,
  engineScoreGradient,
} from '../shared/alongDirection.ts';
import type { Library } from '../shared/inFloat64.ts';
import { disjoint, parts, split, splitOfRegularised } from './statements.ts';

/** The entry of a component of what each has [2]. */
function entry(c: Component, both: Float64Array): Float64Array {
  return both.slice(COMPONENTS.indexOf(c), COMPONENTS.indexOf(c) + 1);
}

/** The engine's gradient of the copy of a component, and the recursion with the tokens of the component alone. */
function splitBy(c: Component): Library {
  return (policy, { direction }) => {
    const { graph, reward, rewardSize } = policy;
    const labelled = scoreGradient(policy, onlyComponent(graph, returnWeights(policy, reward), c));
    return {
      left: entry(c, byComponentAlong(policy, engineRewardGradient(policy), direction!)),
      right: entry(c, byComponentAlong(policy, labelled, direction!)),
      ...alongSize(policy, rewardSize),
    };
  };
}

function splitOfRegularisedBy(c: Component): Library {
  return (policy, { direction, beta }) => {
    const { graph, reward, rewardSize, logSize } = policy;
    const price = beta![0]!;
    const penalty = logRatio(policy, policy.reference).map((x) => -price * x);
    const weight = returnWeights(policy, reward, penalty);
    const labelled = scoreGradient(policy, onlyComponent(graph, weight, c));
    const kl = engineKlGradient(policy);
    const engine = engineRewardGradient(policy).map((x, slot) => x - price * kl[slot]!);
    return {
      left: entry(c, byComponentAlong(policy, engine, direction!)),
      right: entry(c, byComponentAlong(policy, labelled, direction!)),
      ...alongSize(policy, rewardSize + 1.5 * logSize),
    };
  };
}

/** One parameter that moves all logits along the direction, as the engine has it. */
const together: Library = (policy, { direction }) => {
  const { graph, model, reward, rewardSize } = policy;
  const features = new Float64Array(graph.slots);
  for (const [e, slot] of graph.slot.entries()) features[slot] = direction![e]!;
  const family = { graph, table: model.logits, features, parameters: 1 };
  const [sample, decision] = byComponentAlong(policy, engineRewardGradient(policy), direction!);
  return {
    left: sample! + decision!,
    right: sharedGradient(family, (logProb, dg) =>
      expectedLeaf(dg, reachTensor(dg, logProb), tensor(reward)),
    ),
    ...alongSize(policy, rewardSize),
  };
};

/** What the weights of a component's tokens do to the parameters of the other. */
const onTheOther: Library = (policy) => {
  const { graph, reward } = policy;
  const weight = returnWeights(policy, reward);
  const [sample, decision] = COMPONENTS.map((c) =>
    engineScoreGradient(policy, onlyComponent(graph, weight, c)),
  );
  const left = field.concat([sample!.subarray(graph.sampleSlots), decision!.subarray(0, graph.sampleSlots)]);
  return { left, size: 0, terms: 'nothing is added' };
};

/** Sides of the statements of C1, by the names of these. */
export const c1Library: Readonly<Record<string, Library>> = {
  ...Object.fromEntries(COMPONENTS.map((c) => [split(c).name, splitBy(c)])),
  ...Object.fromEntries(COMPONENTS.map((c) => [splitOfRegularised(c).name, splitOfRegularisedBy(c)])),
  [parts.name]: together,
  [disjoint.name]: onTheOther,
};
