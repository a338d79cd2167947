// `verify`: every claim on one policy, its verdicts, and the document that says so.
import { scope } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { version } from '../base/version.ts';
import type { Claim, ClaimResult, ClaimSubject } from '../claims/claim.ts';
import { transformerSubject } from '../claims/transformer/subject.ts';
import { unverifiable } from '../claims/unverifiable.ts';
import type { VerifyDocument } from '../documents/verify.ts';
import { randomPolicy } from '../policy/random.ts';
import type { PolicyShape } from '../policy/shape.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { currentKernels } from '../tensor/backend.ts';

/** The shape that is verified if none is asked for, and that controls fall back on. */
export const DEFAULT_SHAPE: PolicyShape = { attempts: 3, length: 2, vocabulary: 3 };

/** What to verify, and on which policy. */
export interface VerifyOptions {
  /** The policy; `generic` says that gradsplit drew it, so that controls may run on it. */
  readonly policy: TabularPolicy;
  readonly generic: boolean;
  /** How the policy is called in messages: a file name, or `random (attempts 3, length 2, vocabulary 3, seed 1)`. */
  readonly source: string;
  readonly seed: number;
  /** In the order in which they run: those of gradsplit/claims, your own, or both. */
  readonly claims: readonly Claim[];
  /** Draws the companions of controls; standard normal logits if left out. */
  readonly draw?: (shape: PolicyShape, seed: number) => TabularPolicy;
  /** Also verify on a small transformer with parameters shared by both roles. */
  readonly transformer?: boolean;
}

/** The result of `verify`. */
export interface VerifyResult {
  readonly version: string;
  readonly options: VerifyOptions;
  readonly kernels: { readonly backend: string; readonly build: string };
  readonly verdict: 'holds' | 'fails';
  readonly claims: readonly ClaimResult[];
}

/** A function that is called before each claim, with the result of the one before it, and once at the end. */
export type VerifyProgress = (done: number, total: number, label: string, last?: ClaimResult) => void;

/**
 * The policy with a companion for its controls. The companion is the policy itself if gradsplit drew it and it has decisions. Otherwise it is
 * a random policy of the same shape, or of the default shape if that one has no decisions.
 */
export function subjectOf({
  policy,
  generic,
  seed,
  transformer,
  draw = randomPolicy,
}: Pick<VerifyOptions, 'policy' | 'generic' | 'seed' | 'transformer' | 'draw'>): ClaimSubject {
  const network = transformer === true ? { transformer: transformerSubject(seed) } : {};
  const decides = policy.shape.attempts > 1;
  if (generic && decides) return { policy, companion: policy, companionIs: 'policy', seed, ...network };
  const companion = draw(decides ? policy.shape : DEFAULT_SHAPE, seed);
  return { policy, companion, companionIs: 'companion', seed, ...network };
}

/** Why a claim cannot be checked on a policy, if so. */
function reasonAgainst(claim: Claim, subject: ClaimSubject): string | undefined {
  return unverifiable(subject.policy) ?? claim.notApplicable?.(subject);
}

/** The claims that say nothing about the policy; they are known before anything is verified. */
export function silentClaims(options: VerifyOptions): Claim[] {
  const subject = subjectOf(options);
  return options.claims.filter((claim) => reasonAgainst(claim, subject) !== undefined);
}

/** What was not checked does not hold: some claim must say something about the policy. @throws InputError if none does */
function checkSomeApply(claims: readonly Claim[], subject: ClaimSubject, source: string): void {
  const reasons = claims.map((claim) => reasonAgainst(claim, subject));
  if (reasons.includes(undefined)) return;
  const [first] = claims;
  throw new InputError(
    first === undefined
      ? 'verify: expected at least one claim, found none'
      : `${showText(source)}: expected a policy on which a claim can be checked, found none: ${showText(first.id, 40)}: ${reasons[0]}`,
  );
}

/**
 * Runs one claim. It holds only if every check holds and every control is rejected.
 * @throws InputError if the claim has no check
 */
export function runClaim(claim: Claim, subject: ClaimSubject): ClaimResult {
  const reason = reasonAgainst(claim, subject);
  if (reason !== undefined) {
    return { claim, verdict: 'notApplicable', reason, checks: [], controls: [], figures: [], seconds: 0 };
  }
  const start = performance.now();
  const findings = scope(() => claim.run(subject));
  if (findings.checks.length === 0) {
    throw new InputError(`claim "${showText(claim.id, 40)}": expected at least one check, found none`);
  }
  const holds = findings.checks.every((c) => c.holds) && findings.controls.every((c) => c.rejected);
  const seconds = (performance.now() - start) / 1000;
  return { claim, verdict: holds ? 'holds' : 'fails', ...findings, seconds };
}

/**
 * Runs claims on a policy, on the kernels in use.
 * @throws InputError if none of them can be checked on it
 * @example
 * ```ts
 * import { claims, randomPolicy, verify } from 'gradsplit';
 * const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
 * const asked = claims.filter(({ id }) => id === 'C1' || id === 'C3');
 * const { verdict } = verify({ policy, generic: true, source: 'random', seed: 1, claims: asked });
 * verdict; // → 'holds'
 * ```
 */
export function verify(options: VerifyOptions, onProgress: VerifyProgress = () => {}): VerifyResult {
  const { backend, build } = currentKernels();
  const subject = subjectOf(options);
  const { claims } = options;
  checkSomeApply(claims, subject, options.source);
  const results: ClaimResult[] = [];
  for (const [i, claim] of claims.entries()) {
    onProgress(i, claims.length, `${claim.id} ${claim.title}`, results.at(-1));
    results.push(runClaim(claim, subject));
  }
  onProgress(claims.length, claims.length, 'done', results.at(-1));
  const fails = results.some(({ verdict }) => verdict === 'fails');
  const verdict = fails ? 'fails' : 'holds';
  return { version, options, kernels: { backend, build }, verdict, claims: results };
}

/** The document gradsplit/verify@1. */
export function verifyDocument({
  version,
  options,
  kernels,
  verdict,
  claims: results,
}: VerifyResult): VerifyDocument {
  const { shape, reward } = options.policy;
  return {
    schema: 'gradsplit/verify@1',
    version,
    seed: options.seed,
    kernels,
    policy: { source: options.source, ...shape, reward: reward.kind },
    verdict,
    claims: results.map(({ claim, verdict, reason, checks, controls, seconds }) => ({
      id: claim.id,
      title: claim.title,
      statement: claim.statement,
      assumptions: claim.assumptions,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      checks,
      controls,
      seconds,
    })),
  };
}
