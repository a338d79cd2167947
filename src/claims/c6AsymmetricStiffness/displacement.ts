// What C6 compares on the padding family at θ = θ_ref: stiffnesses, first-order displacements, stationary points.

import { expectedEdges, expectedLeaf, reachTensor } from '../../attribution/differentiable.ts';
import { klGradient } from '../../attribution/divergence.ts';
import { GraphPolicy } from '../../attribution/evaluatedPolicy.ts';
import { returnWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import {
  type EdgeFunctional,
  type SharedFamily,
  sharedGradient,
  sharedHessian,
} from '../../attribution/twoCopy.ts';
import { add, sub, tensor } from '../../autodiff/index.ts';
import { cholesky, choleskySolve } from '../../base/linalg.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { edgeLogProbs } from '../../policy/model.ts';
import { type Comparison, difference } from '../check.ts';
import type { ClaimSubject } from '../claim.ts';
import { fisher } from '../shared/fisher.ts';
import { familyOf, type LengthMember, memberOf, members } from '../shared/lengthFamily.ts';
import {
  type Directions,
  directionsOf,
  FIRST_ONLY,
  familyAlong,
  SHARED,
  type TokenGroups,
} from './directions.ts';

/** KL(π‖π_ref) in ops of the engine. */
export function klFunctional(logRef: Float64Array): EdgeFunctional {
  return (logProb, dg) => expectedEdges(reachTensor(dg, logProb), sub(logProb, tensor(logRef)));
}

/** E[R], plus a reward of `bonus` [edges] collected on the way. */
export function rewardFunctional(reward: Float64Array, bonus?: Float64Array): EdgeFunctional {
  return (logProb, dg) => {
    const reach = reachTensor(dg, logProb);
    const outcome = expectedLeaf(dg, reach, tensor(reward));
    return bonus === undefined ? outcome : add(outcome, expectedEdges(reach, tensor(bonus)));
  };
}

/** Everything C6 asks of the family at θ = θ_ref. */
export interface ReferenceFamily {
  readonly member: (length: number) => LengthMember;
  readonly along: Directions;
  readonly tolerance: Tolerance;
}

/** The family of a subject at its reference, along seeded directions. */
export function referenceFamily(subject: ClaimSubject): ReferenceFamily {
  const family = familyOf(subject);
  const member = members((length) => memberOf(family, length, family.reference, family.reference));
  const longest = member(8).policy;
  const along = directionsOf(family, subject.seed);
  const reach = [along.first, along.padding, along.decision].flatMap((v) => [...v]);
  const range = 2 * reach.reduce((size, x) => Math.max(size, Math.abs(x)), 0);
  const tokens = longest.graph.layers.length;
  // The engine's second derivative of Σ p·log-ratio adds up products of two token scores, T² of size range² each, and it
  // is divided by stiffnesses that are no smaller than that of one first token.
  const soft = stiffness(member(1), FIRST_ONLY, along)[0]!;
  const size = (tokens * range) ** 2 * Math.max(1, 1 / soft) * longest.logSize;
  return { member, along, tolerance: longest.rounding(size, '(T·range)²·E Σ|log-ratio| / F₁') };
}

/** The Fisher matrix of a family in closed form: both components added up. */
export function stiffness(member: LengthMember, groups: TokenGroups, along: Directions): Float64Array {
  const family = familyAlong(member, groups, along);
  const [sample, decision] = COMPONENTS.map((c) => fisher(family, member.policy, c));
  return sample!.map((x, i) => x + decision![i]!);
}

/** H⁺∇J of a family, Hessian and gradient by the engine. */
export function displacement(
  member: LengthMember,
  groups: TokenGroups,
  along: Directions,
  bonus?: Float64Array,
): Float64Array {
  const { policy } = member;
  const family = familyAlong(member, groups, along);
  const hessian = sharedHessian(family, klFunctional(policy.logRef));
  const gradient = sharedGradient(family, rewardFunctional(policy.reward, bonus));
  const factor = cholesky(hessian, family.parameters);
  return factor === undefined ? gradient.map(() => Number.NaN) : choleskySolve(factor, gradient);
}

/** F₁ and F_pad of the shared parameter: stiffness of the first tokens, and of one padding position over all attempts. */
export function stiffnessParts({ member, along }: ReferenceFamily): { first: number; padding: number } {
  const first = stiffness(member(1), SHARED, along)[0]!;
  return { first, padding: stiffness(member(2), SHARED, along)[0]! - first };
}

/** displacement · [F₁ + (L−1)·F_pad] against ∇J at L = 1: the comparison for checks and controls. */
export function displacementTimesStiffness(
  reference: ReferenceFamily,
  groups: TokenGroups,
  length: number,
): Comparison {
  const { first, padding } = stiffnessParts(reference);
  const { member, along } = reference;
  const gradient = sharedGradient(
    familyAlong(member(1), FIRST_ONLY, along),
    rewardFunctional(member(1).policy.reward),
  );
  const moved = displacement(member(length), groups, along)[0]!;
  return difference(moved * (first + (length - 1) * padding), gradient[0]!);
}

/** A bonus of 1 for token 0 on every padding position. */
export function paddingBonus({ graph, isPadding }: LengthMember): Float64Array {
  return Float64Array.from(isPadding, (flag, e) =>
    flag === 1 && graph.slot[e]! % graph.vocabulary === 0 ? 1 : 0,
  );
}

/** θ*(s) with s∇J(θ*) = ∇KL(θ*), s = 1/β, on a one-parameter family: a fixed point of θ ← θ + (s∇J − ∇KL)/H. */
export function stationaryPoint(
  { policy }: LengthMember,
  family: SharedFamily,
  hessian: number,
  s: number,
): number {
  const { graph } = policy;
  let theta = 0;
  for (let i = 0; i < 200; i++) {
    const logits = family.table.map((x, slot) => x + theta * family.features[slot]!);
    const at = new GraphPolicy(graph, edgeLogProbs(graph, logits));
    const reward = scoreGradient(at, returnWeights(at, policy.reward));
    const kl = klGradient(at, policy.reference);
    let force = 0;
    for (let slot = 0; slot < kl.length; slot++)
      force += family.features[slot]! * (s * reward[slot]! - kl[slot]!);
    const next = theta + force / hessian;
    if (next === theta) break;
    theta = next;
  }
  return theta;
}
