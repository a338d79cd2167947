// How many checks passed, how many controls were rejected, and by how much: what every view of a result counts.
import type { ClaimResult } from '../claims/claim.ts';
import type { Check, Control } from '../documents/verify.ts';

/** Counts over one or more claims. */
export interface Tally {
  readonly checks: number;
  readonly passed: number;
  readonly controls: number;
  readonly rejected: number;
  /** Largest error / tolerance of a check; undefined without checks, NaN if one is. */
  readonly worst: number | undefined;
  /** Smallest error / tolerance of a control: how narrowly the weakest one was rejected. */
  readonly weakest: number | undefined;
}

/** error / tolerance: at most 1 where a check holds. No error is 0 of any tolerance, 0 included. */
export function errorRatio(of: Check | Control): number {
  return of.error === 0 ? 0 : of.error / of.tolerance;
}

/** The extreme of some ratios by `pick` (Math.max or Math.min, which keep NaN); undefined of none. */
function extreme(
  of: readonly (Check | Control)[],
  pick: (a: number, b: number) => number,
): number | undefined {
  return of.length === 0 ? undefined : of.map(errorRatio).reduce(pick);
}

/** Counts over `claims`. */
export function tally(claims: readonly ClaimResult[]): Tally {
  const checks = claims.flatMap((claim) => claim.checks);
  const controls = claims.flatMap((claim) => claim.controls);
  return {
    checks: checks.length,
    passed: checks.filter((check) => check.holds).length,
    controls: controls.length,
    rejected: controls.filter((control) => control.rejected).length,
    worst: extreme(checks, (a, b) => Math.max(a, b)),
    weakest: extreme(controls, (a, b) => Math.min(a, b)),
  };
}

/** How many claims hold, fail, or have no subject. */
export function verdicts(claims: readonly ClaimResult[]): Record<ClaimResult['verdict'], number> {
  const counts = { holds: 0, fails: 0, notApplicable: 0 };
  for (const claim of claims) counts[claim.verdict]++;
  return counts;
}

/** The verdict of a whole result in a sentence. */
export function verdictSentence(claims: readonly ClaimResult[]): string {
  const { holds, fails, notApplicable } = verdicts(claims);
  const apply = holds + fails;
  if (apply === 0) return 'No claim applies to this policy';
  const rest = notApplicable === 0 ? '' : `, ${notApplicable} not applicable`;
  if (fails > 0) return `${fails} of ${apply} ${apply === 1 ? 'claim fails' : 'claims fail'}${rest}`;
  return `${apply === 1 ? 'The claim holds' : `All ${apply} claims hold`}${rest}`;
}
