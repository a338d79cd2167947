// The claims, in the order of the theory.

import { c1ExactSplit } from './c1ExactSplit/claim.ts';
import { c2CreditByOneScalar } from './c2CreditByOneScalar/claim.ts';
import { c3CreditBudget } from './c3CreditBudget/claim.ts';
import { c4SftMass } from './c4SftMass/claim.ts';
import { c5bKlStopBias } from './c5bKlStopBias/claim.ts';
import { c5KlMass } from './c5KlMass/claim.ts';
import { c6AsymmetricStiffness } from './c6AsymmetricStiffness/claim.ts';
import { c7RegularisedOptimum } from './c7RegularisedOptimum/claim.ts';
import { c8KlEstimators } from './c8KlEstimators/claim.ts';
import { c9Normalisation } from './c9Normalisation/claim.ts';
import type { Claim } from './claim.ts';

export { check, control, difference, distance, excess, shortfall, worst } from './check.ts';
export type { Check, Claim, ClaimResult, ClaimSubject, Control, Findings } from './claim.ts';
export type { Figure } from './figure.ts';
export type {
  ClaimStatements,
  EnclosedQuantity,
  OutsideStatement,
  Place,
  Sides,
  Statement,
  SymbolSizes,
  Symbols,
  WrongStatement,
} from './statement.ts';

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
