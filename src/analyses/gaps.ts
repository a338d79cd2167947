// What a policy that is a counter-example shows: both sides of the statement that its file names, and of each wrong statement of the claims
// that can be put to it.
import { fraction } from '../algebra/fraction.ts';
import { InputError } from '../base/errors.ts';
import { randomStream } from '../base/random.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import type { Claim } from '../claims/claim.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../claims/statement.ts';
import { claimStatements } from '../claims/statements.ts';
import type { VerifyDocument } from '../documents/verify.ts';
import type { PutStatement } from '../policy/putStatement.ts';
import { countTrajectories } from '../policy/shape.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { compileTree } from '../policy/tree.ts';
import { gapOn, type OnPolicy, onPolicy, SAYS_NOTHING } from '../proofs/onPolicy.ts';
import { readStatement } from '../proofs/refute/index.ts';

/** Both sides of one statement, as the document has them. */
export type ShownGap = NonNullable<VerifyDocument['gaps']>[number];

/** The policy, and how its sides are shown. */
export interface GapOptions {
  readonly policy: TabularPolicy;
  /** The name of the policy in messages. */
  readonly source: string;
  readonly seed: number;
  /** Claims of your own whose statements a file may name. */
  readonly claims: readonly Claim[];
  /** As fractions, too; the policy must be given by odds. */
  readonly exact: boolean;
}

/** Further symbols that no file gives are integers up to this. */
const LARGEST_SYMBOL = 9;

/** The most trajectories of a policy that all wrong statements are put to. */
const MOST_TRAJECTORIES = 10_000;

function statementsOf(claims: readonly Claim[]): readonly ClaimStatements[] {
  const own = claims.flatMap(({ id, statements }) =>
    statements === undefined ? [] : [{ id, ...statements }],
  );
  return [...claimStatements, ...own.filter(({ id }) => !claimStatements.some((known) => known.id === id))];
}

/** The statement of a claim by its name. @throws InputError if there is none */
function named(
  { claim, name }: { readonly claim: string; readonly name: string },
  known: readonly ClaimStatements[],
  source: string,
): Statement | WrongStatement {
  const of = known.find(({ id }) => id === claim);
  if (of === undefined) {
    const ids = known.map(({ id }) => id);
    throw new InputError(
      `${source}: statement.claim: unknown claim "${showText(claim, 40)}"${suggest(claim, ids)}; the claims are ${ids.join(', ')}, and those of --claims`,
    );
  }
  const eitherWay = (of.eitherWay ?? []).map((one): Statement => ({ ...one, kind: 'identity' }));
  const all: readonly (Statement | WrongStatement)[] = [...of.controls, ...of.statements, ...eitherWay];
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const hint = suggest(
    name,
    all.map((one) => one.name),
  );
  throw new InputError(
    `${source}: statement.name: claim ${claim} has no statement "${showText(name, 80)}"${hint}`,
  );
}

function shown(
  put: OnPolicy,
  about: Pick<ShownGap, 'claim' | 'mistake' | 'symbols'>,
  above: boolean,
  exact: boolean,
): ShownGap {
  const { claim, mistake, symbols } = about;
  const found = gapOn(put, above, exact);
  return {
    ...(claim === undefined ? {} : { claim }),
    statement: put.statement.name,
    ...(mistake === undefined ? {} : { mistake }),
    symbols,
    ...(found === undefined ? { reason: SAYS_NOTHING } : found),
  };
}

/**
 * What the statement of a policy file has on both sides.
 * @throws InputError if there is no such statement, or the file does not fit it
 */
function ofFile(put: PutStatement, { policy, source, claims, exact }: GapOptions): ShownGap {
  const { of } = put;
  if ('text' in of) {
    const { statement, above } = readAt(of.text, `${source}: statement.text`);
    return shown(onPolicy(statement, policy, source, put), { symbols: 'file' }, above, exact);
  }
  const statement = named(of, statementsOf(claims), source);
  const mistake = 'mistake' in statement ? { mistake: statement.mistake } : {};
  const about = { claim: of.claim, ...mistake, symbols: 'file' } as const;
  return shown(onPolicy(statement, policy, source, put), about, false, exact);
}

function readAt(text: string, place: string): ReturnType<typeof readStatement> {
  try {
    return readStatement(text);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${place}: ${error.message}`) : error;
  }
}

/** A wrong statement that speaks of any policy on its tree, with symbols that are drawn. */
function ofClaim(id: string, wrong: WrongStatement, options: GapOptions): ShownGap {
  const { policy, source, seed, exact } = options;
  const random = randomStream(seed, 'gaps').split(`${id} ${wrong.name}`);
  const sizes = Object.entries(wrong.symbols?.(compileTree(policy.shape)) ?? {});
  const drawn = sizes.map(([name, size]) => {
    const values = Array.from({ length: size }, () => fraction(BigInt(1 + random.integer(LARGEST_SYMBOL))));
    return [name, values] as const;
  });
  const put = onPolicy(wrong, policy, source, { symbols: Object.fromEntries(drawn) });
  const symbols = sizes.length === 0 ? 'none' : 'drawn';
  return shown(put, { claim: id, mistake: wrong.mistake, symbols }, false, exact);
}

/**
 * Both sides of the statement that the file of a policy names, first, and of every wrong statement of some claims; nothing of a policy whose
 * file names none.
 * @throws InputError if there is no such statement, or the file does not fit it
 */
export function gapsOf(options: GapOptions): readonly ShownGap[] {
  const { policy, claims } = options;
  const { statement } = policy;
  if (statement === undefined) return [];
  const first = ofFile(statement, options);
  if (countTrajectories(policy.shape) > MOST_TRAJECTORIES) return [first];
  const ids = new Set(claims.map(({ id }) => id));
  const rest = statementsOf(claims)
    .filter(({ id }) => ids.has(id))
    .flatMap(({ id, controls }) =>
      controls
        .filter(({ place = 'tree', rewards }) => place === 'tree' && rewards === undefined)
        .filter(({ name }) => id !== first.claim || name !== first.statement)
        .map((wrong) => ofClaim(id, wrong, options)),
    );
  return [first, ...rest];
}
