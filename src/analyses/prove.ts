// `prove`: the statements of the claims for all policies of a shape, and the document that says which are proved.
import { hashStream } from '../algebra/hashStream.ts';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { version } from '../base/version.ts';
import { withCheckedSides } from '../claims/checkedSides.ts';
import type { Claim } from '../claims/claim.ts';
import { claims } from '../claims/index.ts';
import type { ClaimStatements } from '../claims/statement.ts';
import { claimStatements } from '../claims/statements.ts';
import type { ProveDocument, ProvedClaim } from '../documents/prove.ts';
import { checkTrajectories, countTrajectories, type PolicyShape } from '../policy/shape.ts';
import { type ClaimProof, proveClaim, type ShownExample, type StatementProof } from '../proofs/prove.ts';

/** The largest number of trajectories of a shape whose statements are decided. */
export const MOST_TRAJECTORIES = 10_000;

/** What is to be proved. */
export interface ProveClaimsOptions {
  readonly shape: PolicyShape;
  /** Independent random points. */
  readonly points: number;
  readonly seed: number;
  /** The ids of the claims, all of them if left out. */
  readonly ids?: readonly string[];
  /** Claims of your own that have statements, after those of gradsplit. */
  readonly own?: readonly Claim[];
}

/** Called before each claim, with the one before it, and once at the end. */
export type ProveProgress = (done: number, total: number, label: string, last?: ProvedClaim) => void;

/** Refuses a shape whose statements would not be decided in reasonable time. @throws InputError saying how large it is */
export function checkProvable(shape: PolicyShape): void {
  checkTrajectories(shape, MOST_TRAJECTORIES, 'can be put to a proof');
}

/** The ids of the claims that have statements. */
export const provableIds: readonly string[] = claimStatements.map(({ id }) => id);

/** What the statements of a user's claim throw, in words. @throws InputError */
function guarded<T>(id: string, decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : showText(String(error));
    throw new InputError(`claim "${showText(id, 40)}": its statements threw ${said}`, { cause: error });
  }
}

/** The statements of a claim of your own. @throws InputError if it has none */
function ownStatements({ id, statements }: Claim): ClaimStatements {
  if (statements === undefined || statements.statements.length === 0) {
    throw new InputError(
      `claim "${showText(id, 40)}": expected \`statements\` over any field to prove, found none`,
    );
  }
  return { id, ...statements };
}

/** The same, whose sides are checked. */
function checked(claim: ClaimStatements): ClaimStatements {
  const { statements, controls } = claim;
  return { ...claim, statements: statements.map(withCheckedSides), controls: controls.map(withCheckedSides) };
}

function example(
  shown: ShownExample | undefined,
): Pick<ProvedClaim['controls'][number], 'counterExample' | 'found'> {
  return shown === undefined ? {} : { counterExample: shown.policy, found: shown.words };
}

/** A statement with its verdict, as documents have it. */
export function provedStatement(proof: StatementProof): ProvedClaim['statements'][number] {
  const { statement, verdict, degree, riskLog2, redrawn, width, numbers, seconds } = proof;
  const { counterExample, witnesses, reason } = proof;
  const { name, kind, because } = statement;
  return {
    name,
    verdict,
    kind,
    ...(degree === undefined ? {} : { degree }),
    ...(riskLog2 === undefined ? {} : { riskLog2 }),
    ...(redrawn === undefined ? {} : { redrawn }),
    ...(because === undefined ? {} : { because }),
    ...(width === undefined ? {} : { width }),
    ...(numbers === undefined ? {} : { enclosed: numbers.map((n) => ({ ...n })) }),
    ...example(counterExample),
    ...(witnesses === undefined
      ? {}
      : { witnesses: witnesses.map(({ policy, words }) => ({ policy, found: words })) }),
    ...(reason === undefined ? {} : { reason }),
    seconds,
  };
}

function provedClaim({ id, verdict, statements, controls, seconds }: ClaimProof, title: string): ProvedClaim {
  return {
    id,
    title,
    verdict,
    statements: statements.map(provedStatement),
    controls: controls.map(({ control, verdict: found, counterExample }) => ({
      name: control.name,
      statement: control.mistake,
      verdict: found,
      ...example(counterExample),
    })),
    seconds,
  };
}

/**
 * Decides the statements of claims for all policies of a shape.
 * @throws InputError for a shape of more than MOST_TRAJECTORIES trajectories
 * @example
 * ```ts
 * import { prove } from 'gradsplit';
 * const shape = { attempts: 2, length: 1, vocabulary: 2 };
 * const { claims } = prove({ shape, points: 3, seed: 1, ids: ['C3'] });
 * claims[0]!.verdict; // → 'proved'
 * ```
 */
export function prove(
  { shape, points, seed, ids = provableIds, own = [] }: ProveClaimsOptions,
  onProgress: ProveProgress = () => {},
): ProveDocument {
  checkProvable(shape);
  const titles = new Map([...claims, ...own].map(({ id, title }) => [id, title]));
  const titleOf = (id: string): string => titles.get(id) ?? id;
  const asked: readonly ClaimStatements[] = [
    ...claimStatements.filter(({ id }) => ids.includes(id)),
    ...own.map(ownStatements),
  ];
  const found: ProvedClaim[] = [];
  for (const [i, claim] of asked.entries()) {
    onProgress(i, asked.length, `${claim.id} ${titleOf(claim.id)}`, found.at(-1));
    const words = hashStream(seed, `points of ${claim.id}`);
    const decide = (one: ClaimStatements): ClaimProof => proveClaim(one, { shape, points, words, seed });
    const proof = provableIds.includes(claim.id)
      ? decide(claim)
      : guarded(claim.id, () => decide(checked(claim)));
    found.push(provedClaim(proof, titleOf(claim.id)));
  }
  onProgress(asked.length, asked.length, 'done', found.at(-1));
  return {
    schema: 'gradsplit/prove@1',
    version,
    seed,
    shape: { attempts: shape.attempts, length: shape.length, vocabulary: shape.vocabulary },
    trajectories: Number(countTrajectories(shape)),
    field: 'GF(2^61-1)',
    points,
    verdict:
      (['refuted', 'proved'] as const).find((one) => found.some(({ verdict }) => verdict === one)) ??
      'outside',
    claims: found,
  };
}
