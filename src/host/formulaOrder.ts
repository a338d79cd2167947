// What is said between a command and the thread that puts a user's weight formula to a proof.
import type { ObjectiveProof, ProofSize } from '../proofs/objectives/index.ts';

/** What the thread is asked. */
export interface FormulaOrder {
  readonly path: string;
  readonly points: number;
  readonly seed: number;
  readonly size: ProofSize;
}

/** What the thread says: the question that it is at, the verdicts, or why the module is refused. */
export type FormulaReport =
  | { readonly question: string }
  | { readonly proof: ObjectiveProof }
  | { readonly refused: string };
