// C2 with the clip of PPO: a finite field has no order, so that each region that a ratio may lie in is a case with its own symbols, and
// the sign that puts it there is that of a product of positive numbers.
import { type Dual, dualField } from '../../algebra/dual.ts';
import { constant, negative, total } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import {
  gradientOf,
  reachOf,
  scoresAlong,
  sumsByComponent,
  valuesOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import type { ArrayField } from '../../base/field.ts';
import { COMPONENTS } from '../../policy/component.ts';
import type { Sides, Statement, Symbols, WrongStatement } from '../statement.ts';
import { rewardGradientOf } from './alongReward.ts';

/** A ratio between the bounds, nearer to the one with the larger weight [1]. */
function within<A>(field: ArrayField<A>, { low, high, nearLow, nearHigh }: Symbols<A>): A {
  const sum = field.add(field.mul(nearLow!, low!), field.mul(nearHigh!, high!));
  return field.div(sum, field.add(nearLow!, nearHigh!));
}

/** What differs between the branches r·A and bound·A, and the slope of the smaller one, in all six regions. */
function regionByRegion<A>(field: ArrayField<A>, symbols: Symbols<A>): Sides<A> {
  const [size, low, high, beyond] = [symbols.advantage!, symbols.low!, symbols.high!, symbols.beyond!];
  const dual = dualField(field);
  const minus = negative(field, size, 1);
  /** A·r with its slope in log π, along which r moves by r. */
  const product = (a: A, r: A): Dual<A> => dual.mul(dual.constant(a), { value: r, slope: r });
  /** (r − bound)·A, and the slope of the branch that is then smaller. */
  const outside = (r: A, bound: A, a: A, isRatioSmaller: boolean) => {
    const [ofRatio, ofBound] = [product(a, r), dual.mul(dual.constant(a), dual.constant(bound))];
    return [field.sub(ofRatio.value, ofBound.value), (isRatioSmaller ? ofRatio : ofBound).slope];
  };
  const [below, above] = [field.sub(low, beyond), field.add(high, beyond)];
  const between = within(field, symbols);
  const distance = field.mul(beyond, size);
  const away = negative(field, distance, 1);
  const nothing = constant(field, 0, 1);
  return {
    left: field.concat([
      ...outside(below, low, size, true),
      ...outside(below, low, minus, false),
      ...outside(above, high, size, false),
      ...outside(above, high, minus, true),
      ...[product(size, between).slope, product(minus, between).slope],
    ]),
    right: field.concat([
      ...[away, field.mul(size, below)],
      ...[distance, nothing],
      ...[distance, nothing],
      ...[away, field.mul(minus, above)],
      ...[field.mul(size, between), field.mul(minus, between)],
    ]),
  };
}

const clipRegions: Statement = {
  name: 'PPO’s clip, region by region: min(r·A, clip(r)·A) has the slope A·r in log π, or 0 where A pushes r further out',
  kind: 'inequality',
  symbols: () => ({ advantage: 1, low: 1, high: 1, beyond: 1, nearLow: 1, nearHigh: 1 }),
  positive: true,
  because:
    'Six regions: A > 0 and A < 0; r below, between and above the bounds. Between them both branches are r·A. Outside, (r − bound)·A is −d·|A| or d·|A| ' +
    'with the distance d > 0 to the bound: the minimum is r·A, with slope r·A, where that is −d·|A|, and bound·A, with slope 0, where it is d·|A|. ' +
    'So the weights of a trajectory are A·r_t·c or 0, token by token, in every pattern of clipped tokens; they are equal only where A or all of these are 0, or ' +
    'no token is clipped and all ratios are equal.',
  sides: ({ field }, symbols) => regionByRegion(field, symbols),
};

/** The policy that drew the tokens, which stands in the place of the reference. */
function oldPolicy<A>(policy: PolicyOver<A>): PolicyOver<A> {
  return { ...policy, prob: policy.refProb };
}

const anyPattern: Statement = {
  name: 'off policy, whatever tokens are clipped: each component follows Σ_t of what is left of A, token t drawn from π and all others from π_old',
  kind: 'identity',
  symbols: ({ edges }) => ({ kept: edges, direction: edges }),
  because:
    'kept(h, a) is E_old[A·(0 or 1) | h, a], over the trajectories through (h, a) on which the token is clipped or not: free symbols, so that they have what any pattern leaves.',
  sides: (policy, { kept, direction }) => {
    const { field, graph } = policy;
    const reachOld = reachOf(oldPolicy(policy));
    const slopes = COMPONENTS.map((c) => {
      // E_old[r·kept]: π moves, and with it r; π_old does not.
      const { field: dual, prob, refProb } = directional(policy, direction!, c);
      const fixed = { value: field.mul(reachOld, kept!), slope: constant(field, 0, graph.edges) };
      return total(dual, dual.mul(dual.div(prob, refProb), fixed), graph.edges).slope;
    });
    const terms = field.mul(throughOne(policy, kept!), scoresAlong(policy, direction!));
    return { left: field.concat(slopes), right: sumsByComponent(policy, terms) };
  },
};

/** ρ_old(h)·π(a|h)·x(h, a): the token drawn from π, all others from the old policy [edges]. */
function throughOne<A>(policy: PolicyOver<A>, value: A): A {
  const { field, prob, refProb } = policy;
  return field.mul(field.mul(field.div(reachOf(oldPolicy(policy)), refProb), prob), value);
}

const tokenRatios: WrongStatement = {
  name: 'ratios of tokens in the place of that of the trajectory',
  mistake: 'Off policy and with no token clipped, A·r_t on every token has the gradient ∇J of the policy.',
  kind: 'identity',
  sides: (policy) => {
    const { q } = valuesOf(oldPolicy(policy), policy.reward);
    return { left: gradientOf(policy, throughOne(policy, q)), right: rewardGradientOf(policy) };
  },
};

/** Statements about the clip of PPO. */
export const byClipStatements: readonly Statement[] = [clipRegions, anyPattern];

/** What is wrong about ratios. */
export const byClipControls: readonly WrongStatement[] = [tokenRatios];
