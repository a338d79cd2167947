// C1 as statements over any field: the weights of a component's tokens give the derivative of the copy that is read at its positions.
import { constant, sumAt, times } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgeMask, edgesWhere, isOf } from '../../attribution/over/indices.ts';
import {
  gradientOf,
  meanOf,
  returnWeightsOf,
  scoresAlong,
  sumOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import type { ClaimStatements, Sides, Statement, SymbolSizes, WrongStatement } from '../statement.ts';

/** The change of every logit along one parameter: both roles may read it, in any way. */
const direction: SymbolSizes = ({ edges }) => ({ direction: edges });

/** ∂E[R] along a direction of the logits of one copy, or of both, by dual numbers [1]. */
function derivative<A>(policy: PolicyOver<A>, along: A, copy?: Component): A {
  const moved = directional(policy, along, copy);
  return meanOf(moved, moved.reward).slope;
}

/** w(h,a)·⟨u(h,a), direction⟩ of every edge: what each token adds to a derivative [edges]. */
function tokenTerms<A>(policy: PolicyOver<A>, along: A): A {
  return policy.field.mul(returnWeightsOf(policy, policy.reward), scoresAlong(policy, along));
}

/** g_c of E[R] from labelled tokens is the derivative of the copy of c. */
export function split(component: Component): Statement {
  return {
    name: `g_${component} of E[R]: labelled tokens against the copy of the parameters that they read`,
    kind: 'identity',
    symbols: direction,
    sides: (policy, { direction: along }) => ({
      left: derivative(policy, along!, component),
      right: sumOf(policy, tokenTerms(policy, along!), component),
    }),
  };
}

/** The same for E[R] − β·KL, whose log-ratios move with the parameters. */
export function splitOfRegularised(component: Component): Statement {
  return {
    name: `g_${component} of E[R] − β·KL: labelled tokens against the copy of the parameters that they read`,
    kind: 'identity',
    readsLogs: true,
    symbols: ({ edges }) => ({ direction: edges, beta: 1 }),
    sides: (policy, { direction: along, beta }) => {
      const { field, graph, logRatio, reward } = policy;
      const price = field.gather(beta!, new Int32Array(graph.edges));
      const moved = directional(policy, along!, component);
      const cost = moved.field.mul(moved.logRatio, { value: price, slope: constant(field, 0, graph.edges) });
      const none = moved.field.from(new Float64Array(graph.edges));
      const value = meanOf(moved, moved.reward, moved.field.sub(none, cost));
      const penalty = field.sub(constant(field, 0, graph.edges), field.mul(price, logRatio));
      const terms = field.mul(returnWeightsOf(policy, reward, penalty), scoresAlong(policy, along!));
      return { left: value.slope, right: sumOf(policy, terms, component) };
    },
  };
}

/** Both parts are the gradient. */
export const parts: Statement = {
  name: 'g_sample + g_d = ∇E[R], for parameters that both roles read',
  kind: 'identity',
  symbols: direction,
  sides: (policy, { direction: along }) => {
    const [sample, decision] = COMPONENTS.map((c) => derivative(policy, along!, c));
    return { left: policy.field.add(sample!, decision!), right: derivative(policy, along!) };
  },
};

/** The slots of the logits of a component. */
function slotsOf({ slots, sampleSlots }: TrajectoryGraph, component: Component): Int32Array {
  const [from, to] = component === 'sample' ? [0, sampleSlots] : [sampleSlots, slots];
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}

/** The gradient of some weights on the logits of a component, which should be zero. */
function vanishingOn<A>(policy: PolicyOver<A>, weight: A, component: Component): Sides<A> {
  const { field, graph } = policy;
  const slots = slotsOf(graph, component);
  const left = field.gather(gradientOf(policy, weight), slots);
  return { left, right: constant(field, 0, slots.length) };
}

/** Parameters that one component reads get nothing from the tokens of the other. */
export const disjoint: Statement = {
  name: 'disjoint parameters: nothing of g_c on those of the other component',
  kind: 'identity',
  sides: (policy) => {
    const { field, graph, reward } = policy;
    const weight = returnWeightsOf(policy, reward);
    const both = COMPONENTS.map((c) => {
      const own = times(field, weight, edgeMask(graph, isOf(c)));
      return vanishingOn(policy, own, c === 'sample' ? 'decision' : 'sample');
    });
    const join = (side: 'left' | 'right') => field.concat(both.map((one) => one[side]));
    return { left: join('left'), right: join('right') };
  },
};

/** If the split holds at every continuation of a history, it holds at the history. */
const step: Statement = {
  name: 'for all K and L: ∂V(h) = E[Σ_t w_t u_t | h]',
  kind: 'induction',
  place: 'step',
  symbols: ({ edges, leaves }) => ({ direction: edges, gradientAfter: leaves }),
  because:
    'Base: at the end of an episode V is R, which has no derivative, and no token follows. Step: with V(h′) and ∂V(h′) as free symbols of ' +
    'every continuation h′, both sides agree at h.',
  sides: (policy, { direction: along, gradientAfter }) => {
    const { field, graph, prob, reward } = policy;
    const moved = directional(policy, along!);
    const value = meanOf(moved, { value: reward, slope: gradientAfter! });
    const own = field.mul(reward, scoresAlong(policy, along!));
    const terms = field.mul(prob, field.add(own, gradientAfter!));
    return {
      left: value.slope,
      right: sumAt(
        field,
        terms,
        Int32Array.from({ length: graph.edges }, (_, e) => e),
      ),
    };
  },
};

/** Wrong labels put to the comparison that accepts the right ones. */
function mislabelled(
  name: string,
  mistake: string,
  counted: (graph: TrajectoryGraph) => Int32Array,
): WrongStatement {
  return {
    name,
    mistake,
    kind: 'identity',
    symbols: direction,
    sides: (policy, { direction: along }) => ({
      left: derivative(policy, along!, 'sample'),
      right: sumAt(policy.field, tokenTerms(policy, along!), counted(policy.graph)),
    }),
  };
}

const controls: readonly WrongStatement[] = [
  mislabelled(
    'every second token',
    'Labels that alternate along a trajectory give the component gradients.',
    (graph) => edgesWhere(graph, (_, index) => index % 2 === 0),
  ),
  mislabelled(
    'one decision counted as sample',
    'Counting the tokens of one decision history to the sample component changes nothing.',
    (graph) => {
      const decisions = edgesWhere(graph, isOf('decision')).slice(0, 2);
      return Int32Array.of(...edgesWhere(graph, isOf('sample')), ...decisions);
    },
  ),
  mislabelled('labels exchanged', 'The labels of both components may be exchanged.', (graph) =>
    edgesWhere(graph, isOf('decision')),
  ),
  {
    name: 'weights of both components, said to be sample',
    mistake: 'The gradient of all tokens is zero on the parameters that decisions read.',
    kind: 'identity',
    sides: (policy) => vanishingOn(policy, returnWeightsOf(policy, policy.reward), 'decision'),
  },
];

/** The statements of C1. */
export const c1Statements: ClaimStatements = {
  id: 'C1',
  statements: [...COMPONENTS.map(split), ...COMPONENTS.map(splitOfRegularised), parts, disjoint, step],
  controls,
  outside: [
    {
      name: 'the engine’s derivatives of every op, and its labelled backward pass on networks',
      reason:
        'These are statements about a program in float64, not about policies: `verify` compares both modes of every op with central differences.',
    },
  ],
};
