// A claim is data: statement, assumptions, checks with derived tolerances, controls, verdict. Views are made elsewhere.
import type { Check, Control } from '../documents/verify.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import type { Figure } from './figure.ts';
import type { ClaimStatements } from './statement.ts';
import type { TransformerSubject } from './transformer/subject.ts';

export type { Check, Control };

/** What a claim is verified on. */
export interface ClaimSubject {
  /** The policy asked about. */
  readonly policy: TabularPolicy;
  /** A seeded generic policy for the controls; the policy itself where that is generic and has decisions. */
  readonly companion: TabularPolicy;
  /** What controls report as `on`. */
  readonly companionIs: 'policy' | 'companion';
  /** A small transformer with parameters shared by both roles; absent where only the policy is asked about. */
  readonly transformer?: TransformerSubject;
  /** Seed of everything else that is drawn (families in L, labels, directions). */
  readonly seed: number;
}

/** The result of running a claim. */
export interface Findings {
  readonly checks: readonly Check[];
  readonly controls: readonly Control[];
  readonly figures: readonly Figure[];
}

/** A claim: one of docs/theory.md, or your own. */
export interface Claim {
  /** How it is asked for and told from others: a section of docs/theory.md, such as `C5b`, or a name of your own. */
  readonly id: string;
  readonly title: string;
  /** Plain text, one or two sentences. */
  readonly statement: string;
  /** The same as mathematics: TeX, displayed line by line. */
  readonly formulas: readonly string[];
  readonly assumptions: readonly string[];
  /** Why the claim has no subject on this policy, if it has none. */
  readonly notApplicable?: (subject: ClaimSubject) => string | undefined;
  /** Identities over any field that `gradsplit prove` decides for all policies of a shape. */
  readonly statements?: Omit<ClaimStatements, 'id'>;
  /** Runs every check and control. */
  readonly run: (subject: ClaimSubject) => Findings;
}

/** A claim with its verdict: holds only if every check holds and every control is rejected. */
export interface ClaimResult extends Findings {
  readonly claim: Claim;
  readonly verdict: 'holds' | 'fails' | 'notApplicable';
  readonly reason?: string;
  readonly seconds: number;
}
