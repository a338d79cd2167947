// The padding family that the claims about the attempt length L are checked on, and what they all ask of its members.

import { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { logSoftmaxRow } from '../../policy/model.ts';
import {
  type PaddingFamily,
  type PaddingLogits,
  type PaddingMember,
  type PaddingTying,
  paddingFamily,
  paddingMember,
} from '../../policy/padding.ts';
import type { ClaimSubject } from '../claim.ts';

/** Lengths that are checked: every small one, and one far beyond enumeration. */
export const LENGTHS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 1000];

/** Lengths that are drawn. */
export const DRAWN_LENGTHS: readonly number[] = LENGTHS.filter((length) => length <= 8);

/** Attempts and tokens a family has at most: its classes grow like V^K, whatever L, and lengths up to 1 000 are built. */
const LARGEST = 4;

/** The seeded family with the subject's vocabulary and attempts (two at least: one attempt has no decision; four at most). */
export function familyOf({ policy: { shape }, seed }: ClaimSubject): PaddingFamily {
  const attempts = Math.min(Math.max(2, shape.attempts), LARGEST);
  return paddingFamily(attempts, Math.min(shape.vocabulary, LARGEST), seed);
}

/** The sentence that claims about L put among their assumptions. */
export const FAMILY_ASSUMPTION: string =
  'Padding construction: a seeded family with the policy’s vocabulary (at most four) and attempts (two to four); the first ' +
  'token of an attempt decides the outcome, the other L − 1 come from one fixed distribution.';

/** A member with one player as policy and another as reference. */
export interface LengthMember extends PaddingMember {
  readonly policy: EvaluatedPolicy;
}

/** The member of length L in which one player is the policy and another the reference. */
export function memberOf(
  family: PaddingFamily,
  length: number,
  player: PaddingLogits = family.policy,
  against: PaddingLogits = family.reference,
  tying: PaddingTying = 'tied',
): LengthMember {
  const member = paddingMember(family, length, tying);
  const { graph, reward, table } = member;
  const policy = new EvaluatedPolicy({ graph, reward, logits: table(player), reference: table(against) });
  return { ...member, policy };
}

/** Members by length, each built once. */
export function members(build: (length: number) => LengthMember): (length: number) => LengthMember {
  const built = new Map<number, LengthMember>();
  return (length) => {
    const member = built.get(length) ?? build(length);
    built.set(length, member);
    return member;
  };
}

/** KL(p‖q) of one padding token. */
export function paddingMismatch(p: PaddingLogits, q: PaddingLogits): number {
  const logP = logSoftmaxRow(p.padding);
  const logQ = logSoftmaxRow(q.padding);
  return logP.reduce((sum, lp, i) => sum + Math.exp(lp) * (lp - logQ[i]!), 0);
}
