// `verify --exact`: claims on one policy in ℚ, by the machinery of `verify`.
import type { Claim } from '../claims/claim.ts';
import type { ClaimStatements } from '../claims/statement.ts';
import { claimStatements } from '../claims/statements.ts';
import { genericOddsPolicy } from '../policy/fractions.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { exactClaim } from '../proofs/inRationals.ts';
import { DEFAULT_SHAPE } from './verify.ts';

/** The statements of a claim of your own. */
function ownStatements({ id, statements }: Claim): ClaimStatements | undefined {
  return statements === undefined ? undefined : { id, ...statements };
}

/** Claims as they are verified in ℚ: those of their statements that speak of one policy, with the tolerance 0. */
export function exactClaims(claims: readonly Claim[]): Claim[] {
  const other = (seed: number): TabularPolicy => genericOddsPolicy(DEFAULT_SHAPE, seed);
  return claims.map((claim) =>
    exactClaim(claim, claimStatements.find(({ id }) => id === claim.id) ?? ownStatements(claim), other),
  );
}
