// Runs claims on a policy and lists what is wrong with the results.

import { runClaim, subjectOf } from '../../src/analyses/verify.ts';
import type { ClaimResult } from '../../src/claims/claim.ts';
import { claims } from '../../src/claims/index.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';

/** All claims, in order. */
export const ALL: readonly string[] = claims.map(({ id }) => id);
/** Those that look at the numbers of the policy, not only at its shape and the seed. */
export const OF_THE_POLICY: readonly string[] = ['C1', 'C2', 'C3', 'C4', 'C5', 'C7', 'C8'];

/** Results of some claims. */
export function resultsOf(
  policy: TabularPolicy,
  generic: boolean,
  seed: number,
  ids: readonly string[] = ALL,
): ClaimResult[] {
  const subject = subjectOf({ policy, generic, seed });
  return claims.filter(({ id }) => ids.includes(id)).map((claim) => runClaim(claim, subject));
}

/** Sentences about failed checks, accepted controls, numbers that are none, missing parts; none if all is well. */
export function faults({ claim, verdict, reason, checks, controls }: ClaimResult): string[] {
  if (verdict === 'notApplicable')
    return (reason ?? '').length > 20 ? [] : [`${claim.id}: not applicable without a reason`];
  const at = (name: string): string => `${claim.id} ${name}`;
  const finite = (name: string, numbers: readonly number[]): string[] =>
    numbers.every(Number.isFinite) ? [] : [`${at(name)}: not finite, ${numbers}`];
  return [
    ...(verdict === 'holds' ? [] : [`${claim.id} fails`]),
    ...(checks.length > 0 && controls.length > 0 ? [] : [`${claim.id} has nothing to say`]),
    ...checks.flatMap(({ name, holds, measured, expected, error, tolerance }) => [
      ...(holds ? [] : [`${at(name)}: ${measured} for ${expected}, error ${error} > ${tolerance}`]),
      ...finite(name, [measured, expected, error, tolerance]),
    ]),
    ...controls.flatMap(({ name, rejected, error, tolerance }) => [
      ...(rejected ? [] : [`${at(name)}: accepted, error ${error} <= ${tolerance}`]),
      ...finite(name, [error, tolerance]),
    ]),
  ];
}
