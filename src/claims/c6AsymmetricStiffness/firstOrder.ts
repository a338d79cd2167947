// C6 at first order in s = 1/β over any field: s is a dual number, so that nothing is a limit. The optimum of J − β·KL is that of
// s·J − KL, and starts from the reference at s = 0.
import { constant, repeat, squared, times, total } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgeLayers } from '../../attribution/over/indices.ts';
import {
  advantagesOf,
  expectedAttemptsOf,
  gradientOf,
  meanOf,
  noReward,
  reachOf,
  returnWeightsOf,
  scoresAlong,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { optimum } from '../shared/overOptimum.ts';
import { attemptLength, paddingEdges, rewardOfClasses, withoutPadding } from '../shared/overPadding.ts';
import type { Statement, WrongStatement } from '../statement.ts';

/** The policy with the probabilities of its reference. */
function atReference<A>(policy: PolicyOver<A>): PolicyOver<A> {
  const { field, graph, refProb } = policy;
  return { ...policy, prob: refProb, logRatio: constant(field, 0, graph.edges) };
}

/** d/ds of the optimum at s = 0 [edges]: e^{sR} is 1 + s·R there. */
function optimumSlope<A>(policy: PolicyOver<A>): A {
  const { field, graph, reward } = policy;
  const overDual = directional(policy, constant(field, 0, graph.edges));
  return optimum(overDual, { value: field.ones(graph.leaves), slope: reward }).slope;
}

const tabularOptimum: Statement = {
  name: 'tabular policies: dπ*/d(1/β) = π_ref·A at β = ∞, and A solves H x = ∇J: the optimum moves by H⁺∇J/β at first order',
  kind: 'identity',
  sides: (policy) => {
    const { field, reward } = policy;
    const here = atReference(policy);
    const advantage = advantagesOf(here, reward);
    const product = gradientOf(here, field.mul(reachOf(here), scoresAlong(here, advantage)));
    return {
      left: field.concat([optimumSlope(policy), product]),
      right: field.concat([
        field.mul(policy.refProb, scoresAlong(here, advantage)),
        gradientOf(here, returnWeightsOf(here, reward)),
      ]),
    };
  },
};

const anyParameters: Statement = {
  name: 'any parameters: along θ_ref + x/β the gradient of J/β − KL is (∇J − H x)/β at first order, in every direction',
  kind: 'identity',
  symbols: ({ edges }) => ({ displacement: edges, direction: edges }),
  because:
    'so the first order of the optimum solves H x = ∇J, whatever the features are: the logits move along free symbols. That there is an optimum ' +
    'which is differentiable in 1/β is the theorem on implicit functions, where H has no null directions among the parameters.',
  sides: (policy, { displacement, direction }) => {
    const { field, graph, reward } = policy;
    const here = atReference(policy);
    const inner = directional({ ...here, refProb: here.prob }, direction!);
    const outer = directional(inner, { value: displacement!, slope: constant(field, 0, graph.edges) });
    const none = constant(field, 0, 1);
    const s = { value: { value: none, slope: none }, slope: { value: field.ones(1), slope: none } };
    const gained = outer.field.mul(s, meanOf(outer, outer.reward));
    const left = outer.field.sub(gained, meanOf(outer, noReward(outer), outer.logRatio)).slope.slope;
    const reach = reachOf(here);
    const score = scoresAlong(here, direction!);
    const gain = field.mul(field.mul(reach, advantagesOf(here, reward)), score);
    const form = field.mul(field.mul(reach, score), scoresAlong(here, displacement!));
    return { left, right: total(field, field.sub(gain, form), graph.edges) };
  },
};

/** The action of every edge of a sample layer, and V where a decision is made [edges]. */
const tokens: (graph: TrajectoryGraph) => Int32Array = memoised((graph) => {
  const layers = edgeLayers(graph);
  return Int32Array.from({ length: graph.edges }, (_, e) => {
    const { component, arity, edgeStart } = graph.layers[layers[e]!]!;
    return component === 'sample' ? (e - edgeStart) % arity : graph.vocabulary;
  });
});

/** One parameter that moves the logits of all sample tokens, first ones and padding alike [vocabulary] → [edges]. */
function sharedByTokens<A>({ field, graph }: PolicyOver<A>, direction: A): A {
  return field.gather(field.concat([direction, constant(field, 0, 1)]), tokens(graph));
}

/** ∂J and the stiffness ∂²KL at the reference of such a parameter [1] each. */
function ofShared<A>(policy: PolicyOver<A>, direction: A): { readonly slope: A; readonly stiffness: A } {
  const { field, graph } = policy;
  const along = sharedByTokens(policy, direction);
  const moved = directional(policy, along);
  const form = field.mul(reachOf(policy), squared(field, scoresAlong(policy, along)));
  return { slope: meanOf(moved, moved.reward).slope, stiffness: total(field, form, graph.edges) };
}

/** F_pad·E[attempts]: what a padding token adds to the stiffness [1]. */
function perPaddingToken<A>(policy: PolicyOver<A>, direction: A): A {
  const { field, graph, prob } = policy;
  const token = paddingEdges(graph).slice(0, graph.vocabulary);
  const scores = field.gather(scoresAlong(policy, sharedByTokens(policy, direction)), token);
  const one = total(field, field.mul(field.gather(prob, token), squared(field, scores)), graph.vocabulary);
  return field.mul(one, expectedAttemptsOf(withoutPadding(policy)));
}

/** The displacement ∂J/∂²KL at L, beside ∂J at L = 1 over a stiffness. */
function displacements(
  name: string,
  stiffnessOf: <A>(atOne: A, added: A, policy: PolicyOver<A>, extra: number) => A,
): Pick<Statement, 'name' | 'kind' | 'place' | 'symbols' | 'sides'> {
  return {
    name,
    kind: 'identity',
    place: 'padding',
    symbols: ({ vocabulary }) => ({ direction: vocabulary }),
    sides: (asked, { direction }) => {
      const policy = rewardOfClasses(asked);
      const { field, graph } = policy;
      const long = ofShared(policy, direction!);
      const short = ofShared(withoutPadding(policy), direction!);
      const extra = attemptLength(graph) - 1;
      const added = extra === 0 ? constant(field, 0, 1) : perPaddingToken(policy, direction!);
      const stiffness = stiffnessOf(short.stiffness, added, policy, extra);
      return { left: field.div(long.slope, long.stiffness), right: field.div(short.slope, stiffness) };
    },
  };
}

const sharedParameter: Statement = displacements(
  'a parameter shared by first tokens and padding moves by ∂J/[F_1 + (L−1)·E[attempts]·F_pad]/β: like 1/L',
  (atOne, added, { field }, extra) => field.add(atOne, times(field, added, [extra])),
);

const alongGradient: WrongStatement = {
  name: 'the optimum moves along ∇J itself',
  mistake: 'At first order the logits of the optimum move by ∇J/β, without H⁺.',
  kind: 'identity',
  sides: (policy) => {
    const { field, graph, reward, refProb } = policy;
    const here = atReference(policy);
    const gradient = field.gather(gradientOf(here, returnWeightsOf(here, reward)), graph.slot);
    return { left: optimumSlope(policy), right: field.mul(refProb, scoresAlong(here, gradient)) };
  },
};

const halfAsFar: WrongStatement = {
  name: 'the optimum moves half as far',
  mistake: 'The first order is H⁺∇J/(2β).',
  kind: 'identity',
  sides: (policy) => {
    const { field, graph, reward, refProb } = policy;
    const slope = optimumSlope(policy);
    const two = repeat(field, field.from([2]), graph.edges);
    return {
      left: field.mul(two, slope),
      right: field.mul(refProb, advantagesOf(atReference(policy), reward)),
    };
  },
};

const freeOfLength: WrongStatement = {
  ...displacements('a shared parameter whose displacement is free of L', (atOne) => atOne),
  mistake: 'A parameter that padding shares moves as far at every L.',
};

/** What C6 says at first order in 1/β. */
export const firstOrderStatements: readonly Statement[] = [tabularOptimum, anyParameters, sharedParameter];

/** Wrong statements about it. */
export const firstOrderControls: readonly WrongStatement[] = [alongGradient, halfAsFar, freeOfLength];
