// The claims, in the order of the theory.

import { c1ExactSplit } from './c1ExactSplit.ts';
import { c2CreditByOneScalar } from './c2CreditByOneScalar.ts';
import { c3CreditBudget } from './c3CreditBudget.ts';
import { c4SftMass } from './c4SftMass.ts';
import { c5bKlStopBias } from './c5bKlStopBias.ts';
import { c5KlMass } from './c5KlMass.ts';
import { c6AsymmetricStiffness } from './c6AsymmetricStiffness.ts';
import { c7RegularisedOptimum } from './c7RegularisedOptimum.ts';
import { c8KlEstimators } from './c8KlEstimators.ts';
import { c9Normalisation } from './c9Normalisation.ts';
import type { Claim } from './claim.ts';

export { check, control, difference, distance, excess, shortfall, worst } from './check.ts';
export type { Check, Claim, ClaimId, ClaimResult, ClaimSubject, Control, Findings } from './claim.ts';
export type { Figure } from './figure.ts';

/** Every claim that `verify` can run. */
export const claims: readonly Claim[] = [
  c1ExactSplit,
  c2CreditByOneScalar,
  c3CreditBudget,
  c4SftMass,
  c5KlMass,
  c5bKlStopBias,
  c6AsymmetricStiffness,
  c7RegularisedOptimum,
  c8KlEstimators,
  c9Normalisation,
];
