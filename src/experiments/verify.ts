// `verify`: every claim on one policy, its verdicts, and the document that says so.
import type { ClaimId, ClaimResult } from '../claims/claim.ts';
import type { TabularPolicy } from '../policy/tabular.ts';

/** What to verify on what. */
export interface VerifyOptions {
  /** The policy; `generic` says that gradsplit drew it, so that controls may run on it. */
  readonly policy: TabularPolicy;
  readonly generic: boolean;
  /** How the policy is called in messages: a file name, or `random (attempts 3, length 2, vocabulary 3, seed 1)`. */
  readonly source: string;
  readonly seed: number;
  readonly claims: readonly ClaimId[];
}

/** What `verify` found. */
export interface VerifyResult {
  readonly version: string;
  readonly options: VerifyOptions;
  readonly kernels: { readonly backend: string; readonly build: string };
  readonly verdict: 'holds' | 'fails';
  readonly claims: readonly ClaimResult[];
}
