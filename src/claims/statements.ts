// The statements of every claim, in the order of the theory.
import { c1Statements } from './c1ExactSplit/statements.ts';
import { c2Statements } from './c2CreditByOneScalar/statements.ts';
import { c3Statements } from './c3CreditBudget/statements.ts';
import { c4Statements } from './c4SftMass/statements.ts';
import { c5bStatements } from './c5bKlStopBias/statements.ts';
import { c5Statements } from './c5KlMass/statements.ts';
import { c6Statements } from './c6AsymmetricStiffness/statements.ts';
import { c7Statements } from './c7RegularisedOptimum/statements.ts';
import { c8Statements } from './c8KlEstimators/statements.ts';
import { c9Statements } from './c9Normalisation/statements.ts';
import type { ClaimStatements } from './statement.ts';

/** The statements and controls of every claim that `prove` can decide. */
export const claimStatements: readonly ClaimStatements[] = [
  c1Statements,
  c2Statements,
  c3Statements,
  c4Statements,
  c5Statements,
  c5bStatements,
  c6Statements,
  c7Statements,
  c8Statements,
  c9Statements,
];
