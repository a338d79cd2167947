// The policy that a statement is put to in float64: the one asked about, a member of the padding construction, a small one, or the first
// history of each component with what follows as leaves.
import { EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { backward } from '../../attribution/recursions.ts';
import { float64Field } from '../../base/field.ts';
import { memoised } from '../../base/memoised.ts';
import { randomStream } from '../../base/random.ts';
import type { Component } from '../../policy/component.ts';
import { randomPolicy } from '../../policy/random.ts';
import { countTrajectories, leaves, type PolicyShape } from '../../policy/shape.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import type { ClaimSubject } from '../claim.ts';
import type { Statement } from '../statement.ts';
import { familyOf, memberOf } from './lengthFamily.ts';
import { stepGraph } from './places.ts';

/** The shape of the policies that statements fall back on. */
const SHAPE: PolicyShape = { attempts: 3, length: 2, vocabulary: 3 };

/** The most trajectories of a tree that every statement is put to, as in a proof. */
const MOST_TRAJECTORIES = 10_000;

/** The attempt length of the members of the padding construction: two padding tokens in each attempt. */
const LENGTH = 3;

/** Above this size rewards are divided by a power of two, so that products of three of them stay in float64. */
const LARGEST_REWARD = 2 ** 100;

/** A policy with rewards of its own for every trajectory, drawn by a seed. */
export function genericPolicy(shape: PolicyShape, seed: number): TabularPolicy {
  const random = randomStream(seed, 'rewards');
  const values = Float64Array.from({ length: leaves(shape) }, () => random.normal());
  return { ...randomPolicy(shape, seed), reward: { kind: 'table', values } };
}

/** The policy that statements about trees are put to beside one whose tree is too large. */
export function fallback(seed: number): TabularPolicy {
  return genericPolicy(SHAPE, seed);
}

/** The policy, with rewards whose products stay in float64. */
const onTree: (policy: TabularPolicy) => EvaluatedPolicy = memoised((policy) => {
  const evaluated = evaluatedPolicy(policy);
  const { rewardSize, model } = evaluated;
  if (rewardSize <= LARGEST_REWARD) return evaluated;
  const scale = 2 ** Math.ceil(Math.log2(rewardSize));
  return new EvaluatedPolicy({ ...model, reward: model.reward.map((r) => r / scale) });
});

/** The first history of a component: its actions are the leaves, whose rewards are the values after them. */
function stepOf(policy: EvaluatedPolicy, component: Component): EvaluatedPolicy {
  const { graph, prob, reward, model } = policy;
  const { edgeStart, arity } = graph.layers.find((layer) => layer.component === component)!;
  const { q } = backward(float64Field, graph, prob, reward);
  const row = (table: Float64Array): Float64Array =>
    Float64Array.from({ length: arity }, (_, a) => table[graph.slot[edgeStart + a]!]!);
  return new EvaluatedPolicy({
    graph: stepGraph(component, graph.vocabulary),
    logits: row(model.logits),
    reference: row(model.reference),
    reward: q.slice(edgeStart, edgeStart + arity),
  });
}

/** Both kinds of histories of a policy; a decision of another where it has none. */
function steps(policy: EvaluatedPolicy, seed: number, only?: Component): EvaluatedPolicy[] {
  const hasDecisions = policy.graph.sampleSlots < policy.graph.slots;
  const components: readonly Component[] = only === undefined ? ['sample', 'decision'] : [only];
  return components.map((c) =>
    stepOf(c === 'sample' || hasDecisions ? policy : evaluatedPolicy(fallback(seed)), c),
  );
}

/** The policies that a statement is put to, with words on where that is if it is not the policy itself. */
export interface At {
  readonly policies: readonly EvaluatedPolicy[];
  readonly where: string;
}

/** Where a statement is put for a policy. */
export function placesOf(
  { place = 'tree', only }: Statement,
  asked: TabularPolicy,
  subject: ClaimSubject,
): At {
  const { seed } = subject;
  const { shape } = asked;
  const isLarge = countTrajectories(shape) > MOST_TRAJECTORIES;
  const beside = isLarge ? ' (beside the policy, whose tree is too large: on one of 819 trajectories)' : '';
  const tree = isLarge ? fallback(seed) : asked;
  switch (place) {
    case 'tree':
      return { policies: [onTree(tree)], where: beside };
    case 'smallTree': {
      const attempts = Math.min(shape.attempts, 2);
      const small = genericPolicy({ attempts, length: 1, vocabulary: Math.min(shape.vocabulary, 3) }, seed);
      return { policies: [evaluatedPolicy(small)], where: '' };
    }
    case 'padding':
    case 'untiedPadding': {
      const family = familyOf({ ...subject, policy: asked });
      const tying = place === 'padding' ? 'tied' : 'untied';
      const { policy } = memberOf(family, LENGTH, family.policy, family.reference, tying);
      return { policies: [policy], where: ` (L = ${LENGTH})` };
    }
    case 'step':
      return {
        policies: steps(onTree(tree), seed, only),
        where: ` (one step, at the first ${only === undefined ? 'histories of both components' : 'history'})${beside}`,
      };
  }
}
