// C3 as statements over any field: the variance of the outcome is a sum of squared advantages, bounded by the range of rewards.
import { constant, dividedBy, repeat, squared, total } from '../../attribution/over/arithmetic.ts';
import { edgesWhere, isOf } from '../../attribution/over/indices.ts';
import {
  advantagesOf,
  leafProbabilities,
  meanOf,
  reachOf,
  sumsByComponent,
  valuesOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { rewardOfClasses, withoutPadding } from '../shared/overPadding.ts';
import type { ClaimStatements, Sides, Statement, WrongStatement } from '../statement.ts';

/** E[(R − E R)²], which is computed without the split [1]. */
export function varianceOf<A>(policy: PolicyOver<A>): A {
  const { field, graph, reward } = policy;
  const centred = field.sub(reward, repeat(field, meanOf(policy, reward), graph.leaves));
  return meanOf(policy, squared(field, centred));
}

/** V_sample and V_decision: E Σ_{t∈c} A_t² [2], with advantages under the policy or under another. */
export function budgetOf<A>(policy: PolicyOver<A>, under: PolicyOver<A> = policy): A {
  const { field, reward } = policy;
  return sumsByComponent(policy, field.mul(reachOf(policy), squared(field, advantagesOf(under, reward))));
}

function budgetAndVariance<A>(policy: PolicyOver<A>, budget: A): Sides<A> {
  return { left: total(policy.field, budget, 2), right: varianceOf(policy) };
}

/** V_sample + V_decision = Var(R). */
export const budgetIsVariance: Statement = {
  name: 'V_sample + V_decision = Var(R)',
  kind: 'identity',
  sides: (policy) => budgetAndVariance(policy, budgetOf(policy)),
};

/** Var(R) ≤ (R_max − R_min)²/4, with M and m for the largest and the smallest reward. */
const range: Statement = {
  name: 'Var(R) ≤ (R_max − R_min)²/4',
  kind: 'inequality',
  symbols: () => ({ most: 1, least: 1 }),
  because:
    '(M − m)²/4 − Var(R) = ((M + m)/2 − E R)² + E[(M − R)(R − m)]: a square, and products of numbers that are not negative',
  sides: (policy, { most, least }) => {
    const { field, graph, reward } = policy;
    const [M, m] = [most!, least!];
    const four = constant(field, 4, 1);
    const twice = field.add(meanOf(policy, reward), meanOf(policy, reward));
    const below = field.sub(repeat(field, M, graph.leaves), reward);
    const above = field.sub(reward, repeat(field, m, graph.leaves));
    const gap = field.sub(squared(field, field.sub(M, m)), field.mul(four, varianceOf(policy)));
    const middle = squared(field, field.sub(field.add(M, m), twice));
    const products = field.mul(four, meanOf(policy, field.mul(below, above)));
    return { left: gap, right: field.add(middle, products) };
  },
};

/** With rewards R(τ) ± s(τ) of equal probability E Var(R|τ) is added. */
export const stochasticBudget: Statement = {
  name: 'stochastic rewards: V_sample + V_decision + E Var(R|τ) = Var(R)',
  kind: 'identity',
  symbols: ({ leaves }) => ({ noise: leaves }),
  sides: (policy, { noise }) => {
    const { field, graph, reward } = policy;
    const mean = repeat(field, meanOf(policy, reward), graph.leaves);
    const prob = leafProbabilities(policy);
    const outcomes = [field.add(reward, noise!), field.sub(reward, noise!)];
    const squares = outcomes.map((outcome) => squared(field, field.sub(outcome, mean)));
    const both = field.mul(prob, field.add(squares[0]!, squares[1]!));
    const half = dividedBy(field, total(field, both, graph.leaves), Int32Array.of(2));
    const within = total(field, field.mul(prob, squared(field, noise!)), graph.leaves);
    const known = field.add(total(field, budgetOf(policy), 2), within);
    return { left: known, right: half };
  },
};

/** E[R²|h] − V(h)² = E[Σ_{t after h} A_t² | h] holds at h if it holds at every continuation of h. */
const budgetStep: Statement = {
  name: 'for all K and L: Var(R | h) = E[Σ A_t² | h]',
  kind: 'induction',
  place: 'step',
  symbols: ({ leaves }) => ({ budgetAfter: leaves }),
  because:
    'Base: at the end of an episode Var(R | h) = 0 and no advantage follows. Step: with V(h′) and Var(R | h′) = E[Σ A² | h′] as free ' +
    'symbols of every continuation h′, both sides agree at h.',
  sides: (policy, { budgetAfter }) => {
    const { field, graph, prob, reward } = policy;
    const mean = meanOf(policy, reward);
    const secondMoment = meanOf(policy, field.add(squared(field, reward), budgetAfter!));
    const advantage = field.sub(reward, repeat(field, mean, graph.leaves));
    const budget = field.mul(prob, field.add(squared(field, advantage), budgetAfter!));
    return { left: field.sub(secondMoment, squared(field, mean)), right: total(field, budget, graph.edges) };
  },
};

/** The padding construction: V_c at length L is V_c at length 1. */
export const lengthFree: Statement = {
  name: 'under padding V_sample and V_decision are those of L = 1',
  kind: 'identity',
  place: 'padding',
  sides: (policy) => {
    const paid = rewardOfClasses(policy);
    return { left: budgetOf(paid), right: budgetOf(withoutPadding(paid)) };
  },
};

/** A padding token has no advantage, since what follows does not depend on it: a step from L to L + 1 changes no V_c. */
const paddingStep: Statement = {
  name: 'for all L: a padding token adds nothing to V_c and changes no value',
  kind: 'induction',
  place: 'step',
  only: 'sample',
  symbols: () => ({ after: 1 }),
  because:
    'Base: L = 1 has no padding. Step from L to L + 1: after a padding token the value is the same free symbol V(h′) for every action.',
  sides: (policy, { after }) => {
    const { field, graph, prob } = policy;
    const same = repeat(field, after!, graph.leaves);
    const { v } = valuesOf(policy, same);
    const square = squared(field, advantagesOf(policy, same));
    const left = field.concat([v, total(field, field.mul(prob, square), graph.edges)]);
    return { left, right: field.concat([after!, constant(field, 0, 1)]) };
  },
};

/** The policy with the reference's probabilities in the layers of a component. */
function replaced<A>(policy: PolicyOver<A>, component: 'sample' | 'decision'): PolicyOver<A> {
  const { field, graph, prob, refProb } = policy;
  const both = field.concat([prob, refProb]);
  const own = new Set(edgesWhere(graph, isOf(component)));
  const place = Int32Array.from({ length: graph.edges }, (_, e) => (own.has(e) ? e + graph.edges : e));
  return { ...policy, prob: field.gather(both, place) };
}

const otherSample: WrongStatement = {
  name: 'advantages of another policy: sample tokens',
  mistake: 'The budget may be computed with a policy that differs at sample tokens.',
  kind: 'identity',
  sides: (policy) => budgetAndVariance(policy, budgetOf(policy, replaced(policy, 'sample'))),
};

const otherDecisions: WrongStatement = {
  name: 'advantages of another policy: decisions',
  mistake: 'The budget may be computed with a policy that differs at the decisions.',
  kind: 'identity',
  sides: (policy) => budgetAndVariance(policy, budgetOf(policy, replaced(policy, 'decision'))),
};

const withoutOccupancy: WrongStatement = {
  name: 'occupancies left out',
  mistake: 'Every history counts alike: Var(R) is Σ_h Σ_a π(a|h)·A(h,a)².',
  kind: 'identity',
  sides: (policy) => {
    const { field, prob, reward } = policy;
    const square = squared(field, advantagesOf(policy, reward));
    return budgetAndVariance(policy, sumsByComponent(policy, field.mul(prob, square)));
  },
};

/** R₀(R₀ − 1) … (R₀ − 9) of the first trajectory, which is 0 at all small integers [1]. */
function hiddenTerm<A>({ field, reward }: PolicyOver<A>): A {
  const first = field.slice(reward, 0, 1);
  return Array.from({ length: 10 }, (_, n) => field.sub(first, constant(field, n, 1))).reduce(field.mul);
}

const trueAtSmallIntegers: WrongStatement = {
  name: 'true at many small integers',
  mistake:
    'Var(R) is V_sample + V_decision + R₀(R₀ − 1) … (R₀ − 9), which no test with small integer rewards sees.',
  kind: 'identity',
  sides: (policy) => {
    const { left, right } = budgetAndVariance(policy, budgetOf(policy));
    return { left: policy.field.add(left, hiddenTerm(policy)), right };
  },
};

/** The statements of C3. */
export const c3Statements: ClaimStatements = {
  id: 'C3',
  statements: [budgetIsVariance, range, stochasticBudget, budgetStep, lengthFree, paddingStep],
  controls: [otherSample, otherDecisions, withoutOccupancy, trueAtSmallIntegers],
  outside: [],
};
