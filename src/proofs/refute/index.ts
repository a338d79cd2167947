// `refute`: a statement in words of the claims' quantities is proved for all policies of a shape, refuted by a small policy, or outside.
import type { RandomWords } from '../../algebra/hashStream.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { InputError } from '../../base/errors.ts';
import { ofLength, rewardOfClasses } from '../../claims/shared/overPadding.ts';
import { Graphs } from '../../claims/shared/places.ts';
import type { Sides, Statement } from '../../claims/statement.ts';
import { checkTrajectories, countTrajectories, type PolicyShape } from '../../policy/shape.ts';
import { counterExample, isTooLargeForFractions, SHAPES as SMALL_SHAPES } from '../counterExample.ts';
import { counterPolicy, counterWords } from '../counterPolicy.ts';
import { degreesOf } from '../degrees.ts';
import { decideIdentity, type IdentityDecision } from '../identity.ts';
import { conditionOf, type StatementProof } from '../prove.ts';
import { checkStatement, type Reads } from './check.ts';
import { expressionOver, scalarOf } from './evaluate.ts';
import { type ParsedStatement, parseStatement, SCALARS } from './syntax.ts';

/** How a statement is decided. */
export interface RefuteOptions {
  /** Its length is not looked at where the statement names lengths. */
  readonly shape: PolicyShape;
  readonly points: number;
  readonly words: RandomWords;
}

/** The largest number of trajectories of a shape that a statement is decided for. */
const MOST_TRAJECTORIES = 10_000;

type Quantity = (typeof SCALARS)[number];

/** Quantities that are at no policy below 0, by why. */
const NOT_NEGATIVE: Readonly<Partial<Record<Quantity, string>>> = {
  V_sample: 'a mean of squares',
  V_decision: 'a mean of squares',
  Var_R: 'a mean of squares',
  KL_sample: 'a mean of divergences, which are not negative (Gibbs)',
  KL_decision: 'a mean of divergences, which are not negative (Gibbs)',
  KL: 'a divergence, which is not negative (Gibbs)',
};

/** The policy at every length that the statement names: members of the padding construction with the same numbers. */
function membersOf<A>(policy: PolicyOver<A>, { lengths }: Reads): (length?: number) => PolicyOver<A> {
  if (lengths.length === 0) return () => policy;
  const paid = rewardOfClasses(policy);
  return (length) => ofLength(paid, length!);
}

/** A statement that was written in words of the claims' quantities. */
export interface WrittenStatement {
  readonly statement: Statement;
  /** It says left ≤ right, so that it fails only where left is above right. */
  readonly above: boolean;
  /** The largest attempt length that it names, if it names any. */
  readonly length: number | undefined;
}

/**
 * Reads a statement such as `V_sample + V_decision = Var_R`.
 * @throws InputError with a caret where it cannot be read
 */
export function readStatement(text: string): WrittenStatement {
  const parsed = parseStatement(text);
  const reads = checkStatement(parsed);
  return {
    statement: statementOf(parsed, reads),
    above: parsed.relation === '<=',
    length: reads.lengths.at(-1),
  };
}

/** The statement as a text over any field. */
function statementOf({ text, left, right }: ParsedStatement, reads: Reads): Statement {
  return {
    name: text,
    kind: 'identity',
    place: reads.lengths.length === 0 ? 'tree' : 'padding',
    readsLogs: reads.logs,
    sides: (policy) => {
      const at = membersOf(policy, reads);
      return { left: expressionOver(left, at, policy), right: expressionOver(right, at, policy) };
    },
  };
}

/** right − left = 0, or a quantity that is not negative: what shows that left ≤ right. */
function certificate(
  statement: Statement,
  reads: Reads,
  quantity: Quantity | undefined,
  length: number | undefined,
): Statement {
  const at = length === undefined ? '' : `(L=${length})`;
  const because =
    quantity === undefined
      ? 'both sides are equal'
      : `the right side minus the left is ${quantity}${at}: ${NOT_NEGATIVE[quantity]}`;
  return {
    ...statement,
    kind: 'inequality',
    because,
    sides: <A>(policy: PolicyOver<A>, symbols: Readonly<Record<string, A>>): Sides<A> => {
      const { field } = policy;
      const { left, right } = statement.sides(policy, symbols);
      const difference = field.sub(right, left);
      if (quantity === undefined) return { left: difference, right: field.sub(left, left) };
      return { left: difference, right: scalarOf(membersOf(policy, reads)(length), quantity) };
    },
  };
}

/** What `body` gives. @throws InputError where a divisor is 0 at every point */
function orDivisor<R>(body: () => R): R {
  try {
    return body();
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(error.message);
    throw error;
  }
}

type Verdict = Omit<StatementProof, 'seconds'>;

/** What random points say of an identity. */
function decided(statement: Statement, { points, words }: RefuteOptions, graphs: Graphs): IdentityDecision {
  const [graph] = graphs.of(statement);
  return orDivisor(() => decideIdentity(statement, graph!, { points, words }));
}

function proved(
  statement: Statement,
  { degree, height, riskLog2, redrawn }: IdentityDecision & { readonly outcome: 'holds' },
): Verdict {
  const condition = conditionOf(height);
  return { statement, verdict: 'proved', degree, height, riskLog2, redrawn, ...condition };
}

/**
 * Small shapes that are not larger than the one asked about, whose policies are limits of those of that one.
 * A statement that names lengths has attempts of the largest.
 */
function shapesWithin(
  { attempts, length, vocabulary }: PolicyShape,
  { lengths }: Reads,
): readonly PolicyShape[] {
  const most = lengths.at(-1);
  const small =
    most === undefined
      ? SMALL_SHAPES
      : [1, 2, 3].map((count) => ({ attempts: count, length: most, vocabulary: 2 }));
  return small.filter(
    (one) =>
      one.attempts <= attempts &&
      one.length <= length &&
      one.vocabulary <= vocabulary &&
      countTrajectories(one) <= MOST_TRAJECTORIES,
  );
}

/** A small policy on which a statement fails. */
function searched(statement: Statement, reads: Reads, { shape }: Graphs, above: boolean): Verdict {
  const shapes = shapesWithin(shape, reads);
  // One without decisions, which others have, may make a divisor 0.
  const most = shapes.reduce((a, b) => (countTrajectories(b) > countTrajectories(a) ? b : a));
  const [largest] = new Graphs(most).of(statement);
  if (isTooLargeForFractions(degreesOf(statement, largest!))) {
    const reason = 'numerators or coefficients that are too large for a search in fractions';
    return { statement, verdict: 'outside', reason: `it has ${reason}` };
  }
  const found = counterExample(statement, { above, shapes });
  if (found === undefined) return { statement, verdict: 'outside' };
  const policy = counterPolicy(statement, found, { text: statement.name });
  return { statement, verdict: 'refuted', counterExample: { policy, words: counterWords(found) } };
}

function decideEquality(statement: Statement, reads: Reads, options: RefuteOptions, graphs: Graphs): Verdict {
  const found = decided(statement, options, graphs);
  if (found.outcome === 'holds') return proved(statement, found);
  if (found.outcome === 'undecided') return { statement, verdict: 'outside', reason: found.reason };
  const reason = reads.logs
    ? 'it fails where log-ratios are free symbols, and no small policy was found on which it fails with their true values'
    : 'it fails at a random point, and no small policy was found on which it fails';
  const search = searched(statement, reads, graphs, false);
  return search.verdict === 'refuted' ? search : { reason, ...search };
}

function decideInequality(
  statement: Statement,
  reads: Reads,
  options: RefuteOptions,
  graphs: Graphs,
): Verdict {
  // A divisor that is 0 everywhere is no matter of a search.
  decided(statement, options, graphs);
  const search = searched({ ...statement, kind: 'inequality' }, reads, graphs, true);
  if (search.verdict === 'refuted') return search;
  const lengths = reads.lengths.length === 0 ? [undefined] : reads.lengths;
  const tried = SCALARS.filter((name) => NOT_NEGATIVE[name] !== undefined);
  for (const quantity of [undefined, ...tried]) {
    for (const length of lengths) {
      const claim = certificate(statement, reads, quantity, length);
      const found = decided(claim, options, graphs);
      if (found.outcome === 'holds') return proved(claim, found);
    }
  }
  const reason =
    'no small policy was found on which the left side is larger, and the right side minus the left is none of ' +
    `0, ${tried.join(', ')}`;
  return { reason, ...search };
}

/**
 * Decides a statement such as `V_sample + V_decision = Var_R` or `KL_decision(L=3) = KL_decision(L=1)`.
 * @throws InputError with a caret where the statement cannot be read, and for a shape that is too large
 */
export function refute(
  text: string,
  options: RefuteOptions,
): StatementProof & { readonly shape: PolicyShape } {
  const start = performance.now();
  const parsed = parseStatement(text);
  const reads = checkStatement(parsed);
  const statement = statementOf(parsed, reads);
  const shape = { ...options.shape, length: reads.lengths.at(-1) ?? options.shape.length };
  // In the padding construction histories are told apart by the first tokens of their attempts.
  const distinct = reads.lengths.length === 0 ? shape : { ...shape, length: 1 };
  checkTrajectories(distinct, MOST_TRAJECTORIES, 'can be put to a proof');
  const graphs = new Graphs(shape);
  const decide = parsed.relation === '=' ? decideEquality : decideInequality;
  return { ...decide(statement, reads, options, graphs), shape, seconds: (performance.now() - start) / 1000 };
}
