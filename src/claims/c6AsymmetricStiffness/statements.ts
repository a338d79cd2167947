// C6 as statements over any field: the Hessian of KL at the reference by nested dual numbers, and what g'H⁺g is bounded by.
import { constant, repeat, squared, sumAt, times, total } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgesWhere, isOf } from '../../attribution/over/indices.ts';
import {
  advantagesOf,
  expectedAttemptsOf,
  gradientOf,
  meanOf,
  noReward,
  reachOf,
  returnWeightsOf,
  scoresAlong,
  sumOf,
  sumsByComponent,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import { attemptLength, paddingEdges, withoutPadding } from '../shared/overPadding.ts';
import type { ClaimStatements, Statement, SymbolSizes, WrongStatement } from '../statement.ts';
import { firstOrderControls, firstOrderStatements } from './firstOrder.ts';

/** Two directions of the logits [edges]. */
const directions: SymbolSizes = ({ edges }) => ({ first: edges, second: edges });

/** The policy as its own reference: θ = θ_ref. */
function atReference<A>(policy: PolicyOver<A>): PolicyOver<A> {
  const { field, graph, prob } = policy;
  return { ...policy, refProb: prob, logRatio: constant(field, 0, graph.edges) };
}

/** The second derivative of KL(π‖π_ref) along two directions, each of one copy of the parameters or of both [1]. */
function hessian<A>(
  policy: PolicyOver<A>,
  first: A,
  second: A,
  copies: readonly [Component?, Component?] = [],
): A {
  const { field, graph } = policy;
  const inner = directional(policy, first, copies[0]);
  const fixed = { value: second, slope: constant(field, 0, graph.edges) };
  const outer = directional(inner, fixed, copies[1]);
  return meanOf(outer, noReward(outer), outer.logRatio).slope.slope;
}

/** ρ(h)·π(a|h)·⟨u, first⟩⟨u, second⟩ of every edge: the terms of the token Fisher form [edges]. */
function fisherTerms<A>(policy: PolicyOver<A>, first: A, second: A): A {
  const { field } = policy;
  const product = field.mul(scoresAlong(policy, first), scoresAlong(policy, second));
  return field.mul(reachOf(policy), product);
}

/** The Hessian of KL at the reference. */
export const blocks: Statement = {
  name: 'at θ = θ_ref the Hessian of KL is the token Fisher matrix, block-diagonal between the copies',
  kind: 'identity',
  symbols: directions,
  sides: (policy, { first, second }) => {
    const { field } = policy;
    const here = atReference(policy);
    const left = COMPONENTS.flatMap((c) => COMPONENTS.map((d) => hessian(here, first!, second!, [c, d])));
    const terms = fisherTerms(policy, first!, second!);
    const [sample, decision] = COMPONENTS.map((c) => sumOf(policy, terms, c));
    const none = constant(field, 0, 1);
    return { left: field.concat(left), right: field.concat([sample!, none, none, decision!]) };
  },
};

const step: Statement = {
  name: 'for all K and L: the Hessian of KL to go is the Fisher form to go',
  kind: 'induction',
  place: 'step',
  symbols: ({ edges, leaves }) => ({ first: edges, second: edges, fisherAfter: leaves }),
  because:
    'Base: at the end of an episode no token follows, and both are 0. Step: at θ = θ_ref KL to go and its first derivatives are 0 at every ' +
    'continuation, and its second derivative is a free symbol, the Fisher form after it.',
  sides: (policy, { first, second, fisherAfter }) => {
    const { field, graph, prob } = policy;
    const inner = directional(atReference(policy), first!);
    const outer = directional(inner, { value: second!, slope: constant(field, 0, graph.edges) });
    const none = constant(field, 0, graph.leaves);
    const after = { value: { value: none, slope: none }, slope: { value: none, slope: fisherAfter! } };
    const second_ = meanOf(outer, after, outer.logRatio).slope.slope;
    const own = field.mul(scoresAlong(policy, first!), scoresAlong(policy, second!));
    const right = total(field, field.mul(prob, field.add(own, fisherAfter!)), graph.edges);
    return { left: second_, right };
  },
};

/** Advantages solve H x = ∇J. */
export const tabular: Statement = {
  name: 'tabular policies: H A = ∇J and ⟨∇J, A⟩ = V_c, so that g_cᵀH_c⁺g_c = V_c',
  kind: 'identity',
  sides: (policy) => {
    const { field, graph, reward } = policy;
    const advantage = advantagesOf(policy, reward);
    const reach = reachOf(policy);
    const gradient = gradientOf(policy, returnWeightsOf(policy, reward));
    // H x is the gradient of the weights ρ·π·⟨u, x⟩.
    const product = gradientOf(policy, field.mul(reach, scoresAlong(policy, advantage)));
    const form = field.mul(field.gather(gradient, graph.slot), advantage);
    const budget = field.mul(reach, squared(field, advantage));
    return {
      left: field.concat([product, sumsByComponent(policy, form)]),
      right: field.concat([gradient, sumsByComponent(policy, budget)]),
    };
  },
};

/** V_c − 2⟨g_c, x⟩ + xᵀH_c x against E Σ_{t∈c} (A_t − ⟨u_t, x⟩)², with H_c as given [2] each. */
function boundSides<A>(
  policy: PolicyOver<A>,
  x: A,
  fisher: PolicyOver<A>,
): { readonly left: A; readonly right: A } {
  const { field, reward } = policy;
  const advantage = advantagesOf(policy, reward);
  const reach = reachOf(policy);
  const budget = sumsByComponent(policy, field.mul(reach, squared(field, advantage)));
  const slopes = COMPONENTS.map((c) => {
    const moved = directional(policy, x, c);
    return meanOf(moved, moved.reward).slope;
  });
  const g = field.concat(slopes);
  const form = sumsByComponent(fisher, fisherTerms(fisher, x, x));
  const left = field.add(field.sub(budget, field.add(g, g)), form);
  const rest = field.sub(advantage, scoresAlong(policy, x));
  return { left, right: sumsByComponent(policy, field.mul(reach, squared(field, rest))) };
}

/** What is left of the budget is a sum of squares. */
export const bound: Statement = {
  name: 'g_cᵀH_c⁺g_c ≤ V_c for parameters that both roles read in any way',
  kind: 'inequality',
  symbols: ({ edges }) => ({ displacement: edges }),
  because:
    'for every displacement x: V_c − 2⟨g_c, x⟩ + xᵀH_c x = E Σ_{t∈c} (A_t − ⟨u_t, x⟩)², a sum of squares; at x = H_c⁺g_c the left is ' +
    'V_c − g_cᵀH_c⁺g_c',
  sides: (policy, { displacement }) => boundSides(policy, displacement!, policy),
};

/** The stiffness of padding. */
export const padding: Statement = {
  name: 'the stiffness of padding grows like (L−1)·E[attempts]·F_pad, that of first tokens and decisions not at all',
  kind: 'identity',
  place: 'padding',
  symbols: ({ slots }) => ({ direction: slots }),
  sides: (policy, { direction }) => {
    const { field, graph, prob } = policy;
    const along = field.gather(direction!, graph.slot);
    const terms = fisherTerms(policy, along, along);
    const padded = new Set(paddingEdges(graph));
    const kept = edgesWhere(graph, () => true).filter((e) => !padded.has(e));
    const short = withoutPadding(policy);
    const alongShort = field.gather(along, kept);
    const shortTerms = fisherTerms(short, alongShort, alongShort);
    const others = total(field, shortTerms, short.graph.edges);
    const left = field.concat([sumAt(field, terms, kept), sumAt(field, terms, paddingEdges(graph))]);
    const extra = attemptLength(graph) - 1;
    if (extra === 0) return { left, right: field.concat([others, constant(field, 0, 1)]) };
    const token = paddingEdges(graph).slice(0, graph.vocabulary);
    const scores = field.gather(scoresAlong(policy, along), token);
    const one = total(field, field.mul(field.gather(prob, token), squared(field, scores)), graph.vocabulary);
    const grown = times(field, field.mul(one, expectedAttemptsOf(short)), [extra]);
    return { left, right: field.concat([others, grown]) };
  },
};

const controls: readonly WrongStatement[] = [
  {
    name: 'the Fisher matrix of another policy',
    mistake: 'V_c − 2⟨g_c, x⟩ + xᵀHx is a sum of squares with the Fisher matrix of the reference, too.',
    kind: 'identity',
    symbols: ({ edges }) => ({ displacement: edges }),
    sides: (policy, { displacement }) =>
      boundSides(policy, displacement!, { ...policy, prob: policy.refProb }),
  },
  {
    name: 'the Hessian away from the reference',
    mistake: 'The Hessian of KL is the token Fisher matrix at every policy.',
    kind: 'identity',
    readsLogs: true,
    symbols: directions,
    sides: (policy, { first, second }) => ({
      left: hessian(policy, first!, second!),
      right: total(policy.field, fisherTerms(policy, first!, second!), policy.graph.edges),
    }),
  },
  {
    name: 'one Fisher matrix for both components',
    mistake: 'Directions of different copies have the Fisher form of their sum.',
    kind: 'identity',
    symbols: directions,
    sides: (policy, { first, second }) => {
      const here = atReference(policy);
      const terms = fisherTerms(policy, first!, second!);
      return {
        left: hessian(here, first!, second!, ['sample', 'sample']),
        right: total(policy.field, terms, policy.graph.edges),
      };
    },
  },
  {
    name: 'equality with the variance',
    mistake: 'g_sampleᵀH⁺g_sample is the whole of Var(R).',
    kind: 'identity',
    sides: (policy) => {
      const { field, graph, reward } = policy;
      const advantage = advantagesOf(policy, reward);
      const gradient = gradientOf(policy, returnWeightsOf(policy, reward));
      const form = field.mul(field.gather(gradient, graph.slot), advantage);
      const sample = sumAt(field, form, edgesWhere(graph, isOf('sample')));
      const mean = repeat(field, meanOf(policy, reward), graph.leaves);
      return { left: sample, right: meanOf(policy, squared(field, field.sub(reward, mean))) };
    },
  },
];

/** The statements of C6. */
export const c6Statements: ClaimStatements = {
  id: 'C6',
  statements: [blocks, step, tabular, bound, padding, ...firstOrderStatements],
  controls: [...controls, ...firstOrderControls],
  outside: [],
};
