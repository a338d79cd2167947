// The value of an expression on a policy over any field: one text for random points, degrees, fractions and intervals.
import { constant, repeat, squared, total } from '../../attribution/over/arithmetic.ts';
import { edgeMask, isOf } from '../../attribution/over/indices.ts';
import {
  gradientOf,
  isFirstToken,
  meanOf,
  noReward,
  reachOf,
  returnWeightsOf,
  sumsByComponent,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { budgetOf, varianceOf } from '../../claims/c3CreditBudget/statements.ts';
import type { Expression, GRADIENTS, SCALARS, TARGETS } from './syntax.ts';

/** The policy with attempts of a length; undefined where the statement names none. */
export type PolicyAt<A> = (length: number | undefined) => PolicyOver<A>;

/** 1 on the first token of every attempt [edges]. */
function attemptStarts<A>({ field, graph }: PolicyOver<A>): A {
  return field.from(
    edgeMask(graph, (layer, i) => layer.component === 'sample' && isFirstToken(layer, graph.layers[i - 1])),
  );
}

function klTermsOf<A>(policy: PolicyOver<A>): A {
  return sumsByComponent(policy, policy.field.mul(reachOf(policy), policy.logRatio));
}

/** A quantity that is a number [1]. */
export function scalarOf<A>(policy: PolicyOver<A>, name: (typeof SCALARS)[number]): A {
  const { field, reward } = policy;
  switch (name) {
    case 'E_R':
    case 'J':
      return meanOf(policy, reward);
    case 'Var_R':
      return varianceOf(policy);
    case 'V_sample':
      return field.slice(budgetOf(policy), 0, 1);
    case 'V_decision':
      return field.slice(budgetOf(policy), 1, 2);
    case 'KL':
      return total(field, klTermsOf(policy), 2);
    case 'KL_sample':
      return field.slice(klTermsOf(policy), 0, 1);
    case 'KL_decision':
      return field.slice(klTermsOf(policy), 1, 2);
    case 'attempts':
      return meanOf(policy, noReward(policy), attemptStarts(policy));
  }
}

/** Weights w(e) with Σ_e w(e)·∇log π(e) = ∇ of a target [edges]. */
function weightsOf<A>(policy: PolicyOver<A>, target: (typeof TARGETS)[number]): A {
  const { field, graph, reward, logRatio } = policy;
  switch (target) {
    case 'J':
    case 'E_R':
      return returnWeightsOf(policy, reward);
    case 'Var_R': {
      // ∇E[R²] − 2·E[R]·∇E[R]
      const mean = meanOf(policy, reward);
      const twice = repeat(field, field.add(mean, mean), graph.edges);
      const second = returnWeightsOf(policy, squared(field, reward));
      return field.sub(second, field.mul(twice, returnWeightsOf(policy, reward)));
    }
    case 'KL':
      // The log-ratio's own derivative is the score, whose mean is 0.
      return returnWeightsOf(policy, noReward(policy), logRatio);
    case 'attempts':
      return returnWeightsOf(policy, noReward(policy), attemptStarts(policy));
  }
}

/** The gradient of a target with respect to the logits, those of the other component 0 [slots]. */
function gradient<A>(
  policy: PolicyOver<A>,
  name: (typeof GRADIENTS)[number],
  target: (typeof TARGETS)[number],
): A {
  const { field, graph } = policy;
  const weights = weightsOf(policy, target);
  if (name === 'grad') return gradientOf(policy, weights);
  const component = name === 'grad_sample' ? 'sample' : 'decision';
  return gradientOf(policy, field.mul(weights, field.from(edgeMask(graph, isOf(component)))));
}

/** Digits of a part of an integer that every field has exactly. */
const DIGITS = 15;

/** A decimal such as 0.25, exactly where the field is exact [1]. Integers above 2^53 are put together from parts. */
function decimal<A>({ field }: PolicyOver<A>, text: string): A {
  const [whole, decimals = ''] = text.split('.');
  const integer = (digits: string): A => {
    if (digits.length <= DIGITS) return constant(field, Number(digits), 1);
    const high = field.mul(integer(digits.slice(0, -DIGITS)), constant(field, 10 ** DIGITS, 1));
    return field.add(high, constant(field, Number(digits.slice(-DIGITS)), 1));
  };
  const digits = integer(whole! + decimals);
  return decimals === '' ? digits : field.div(digits, integer(`1${'0'.repeat(decimals.length)}`));
}

/** A value with the number of its elements; numbers have one. */
interface Value<A> {
  readonly elements: A;
  readonly size: number;
}

function evaluated<A>(one: Expression, policyAt: PolicyAt<A>, any: PolicyOver<A>): Value<A> {
  const { field } = any;
  const of = (inner: Expression): Value<A> => evaluated(inner, policyAt, any);
  switch (one.kind) {
    case 'number':
      return { elements: decimal(any, one.text), size: 1 };
    case 'scalar':
      return { elements: scalarOf(policyAt(one.length), one.name), size: 1 };
    case 'gradient': {
      const policy = policyAt(one.length);
      return { elements: gradient(policy, one.name, one.target), size: policy.graph.slots };
    }
    case 'dot': {
      const { elements, size } = of(one.left);
      return { elements: total(field, field.mul(elements, of(one.right).elements), size), size: 1 };
    }
    case 'power': {
      const { elements, size } = of(one.base);
      const factors = Array.from({ length: one.exponent }, () => elements);
      return { elements: factors.reduce(field.mul), size };
    }
    case 'binary': {
      const [left, right] = [of(one.left), of(one.right)];
      const size = Math.max(left.size, right.size);
      // A number times a vector.
      const [a, b] = [left, right].map((side) =>
        side.size === size ? side.elements : repeat(field, side.elements, size),
      );
      const apply = { '+': field.add, '-': field.sub, '*': field.mul, '/': field.div }[one.operator];
      return { elements: apply(a!, b!), size };
    }
  }
}

/** The value of an expression [1] or [slots]. */
export function expressionOver<A>(one: Expression, policyAt: PolicyAt<A>, any: PolicyOver<A>): A {
  return evaluated(one, policyAt, any).elements;
}
