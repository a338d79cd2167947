// Decides statements: proved for all policies of a shape up to a risk that is stated, or refuted by a policy that anyone can check.
import type { RandomWords } from '../algebra/hashStream.ts';
import { Graphs } from '../claims/shared/places.ts';
import type {
  ClaimStatements,
  EitherWay,
  EnclosedQuantity,
  Statement,
  WrongStatement,
} from '../claims/statement.ts';
import type { PolicyShape } from '../policy/shape.ts';
import { type CounterExample, counterExample, isTooLargeForFractions } from './counterExample.ts';
import { type CounterPolicy, counterPolicy, counterWords } from './counterPolicy.ts';
import { bothWays } from './eitherWay.ts';
import { type EnclosedNumber, enclosed, LARGEST_WIDTH } from './enclosures.ts';
import { decideIdentity, NO_DECISIONS } from './identity.ts';
import { needsPrimes } from './randomPoints.ts';

/** How a statement is put to points. */
export interface ProveOptions {
  readonly shape: PolicyShape;
  /** Independent random points. */
  readonly points: number;
  readonly words: RandomWords;
  /** The seed of policies that are drawn for enclosures. */
  readonly seed: number;
}

/** A counter-example as a policy file, and what both sides are on it. */
export interface ShownExample {
  readonly policy: CounterPolicy;
  readonly words: string;
}

/** A statement with its verdict. */
export interface StatementProof {
  readonly statement: Pick<Statement, 'name' | 'because'> & {
    readonly kind: Statement['kind'] | 'enclosure' | 'eitherWay';
  };
  readonly verdict: 'proved' | 'refuted' | 'outside';
  /** The bound on the degree of the numerator of left − right, and on log2 of its coefficients. */
  readonly degree?: number;
  readonly height?: number;
  /** log2 of the risk that a wrong statement is said to be proved. */
  readonly riskLog2?: number;
  /** Points that were drawn again, since a divisor was 0 there. */
  readonly redrawn?: number;
  /** The relative width of an enclosure, and the numbers in it. */
  readonly width?: number;
  readonly numbers?: readonly EnclosedNumber[];
  readonly counterExample?: ShownExample;
  /** The policies that prove a statement about some policies and others. */
  readonly witnesses?: readonly ShownExample[];
  readonly reason?: string;
  readonly seconds: number;
}

/** A wrong statement with the policy that refutes it; `proved` would say that the method accepts what is wrong. */
export interface ControlProof {
  readonly control: WrongStatement;
  readonly verdict: 'proved' | 'refuted';
  readonly counterExample?: ShownExample;
}

/** A claim with its statements and controls. */
export interface ClaimProof {
  readonly id: string;
  readonly verdict: 'proved' | 'refuted' | 'outside';
  readonly statements: readonly StatementProof[];
  readonly controls: readonly ControlProof[];
  readonly seconds: number;
}

function since(start: number): number {
  return (performance.now() - start) / 1000;
}

function shown(statement: Statement, found: CounterExample, claim: string): ShownExample {
  const policy = counterPolicy(statement, found, { claim, name: statement.name });
  return { policy, words: counterWords(found) };
}

/** A statement that failed at a random point: with a small policy on which it fails, if one is found. */
function refuted(
  statement: Statement,
  shape: PolicyShape,
  bounds: { readonly degree: number; readonly height: number },
  claim: string,
): Omit<StatementProof, 'seconds'> {
  if (isTooLargeForFractions(bounds)) {
    const reason =
      'it fails at a random point; its degree or its coefficients are too large for a search in fractions';
    return { statement, verdict: statement.readsLogs === true ? 'outside' : 'refuted', reason };
  }
  const found = counterExample(statement) ?? counterExample(statement, { shapes: [shape] });
  if (found !== undefined)
    return { statement, verdict: 'refuted', counterExample: shown(statement, found, claim) };
  const reason =
    statement.readsLogs === true
      ? 'it fails where log-ratios are free symbols, and no small policy was found on which it fails with their true values'
      : 'it fails at a random point, and no small policy was found on which it fails';
  return { statement, verdict: statement.readsLogs === true ? 'outside' : 'refuted', reason };
}

/** What is to be said beside "proved", if anything. */
export function conditionOf(height: number): { readonly reason?: string } {
  if (!needsPrimes({ height })) return {};
  return { reason: 'also at points modulo random primes, since coefficients may be large' };
}

/**
 * Decides one statement for all policies of a shape.
 * @param claim the id of the claim that it belongs to, for the file of a counter-example
 */
export function proveStatement(
  statement: Statement,
  graphs: Graphs,
  { points, words }: Pick<ProveOptions, 'points' | 'words'>,
  claim = 'statement',
): StatementProof {
  const start = performance.now();
  let degree = 0;
  let height = 0;
  let risk = Number.NEGATIVE_INFINITY;
  let redrawn = 0;
  const notes = new Set<string>();
  const hasNone = graphs.shape.attempts === 1 && statement.place !== 'step';
  for (const graph of graphs.of(statement)) {
    const found = decideIdentity(statement, graph, { points, words });
    if (found.outcome === 'undecided')
      return { statement, verdict: 'outside', reason: found.reason, seconds: since(start) };
    if (found.outcome === 'fails')
      return {
        ...refuted(statement, graphs.shape, found, claim),
        // Above 2^53 it is no exact number.
        ...(Number.isSafeInteger(found.degree) ? { degree: found.degree } : {}),
        seconds: since(start),
      };
    if (hasNone && (found.trivial === 'all' || statement.needsDecisions === true))
      return { statement, verdict: 'outside', reason: NO_DECISIONS, seconds: since(start) };
    if (hasNone && found.trivial === 'some')
      notes.add('what it says of decisions is 0 = 0 here, since this shape has none');
    degree = Math.max(degree, found.degree);
    height = Math.max(height, found.height);
    risk = Math.max(risk, found.riskLog2);
    redrawn += found.redrawn;
  }
  const { reason: condition } = conditionOf(height);
  if (condition !== undefined) notes.add(condition);
  const reason = notes.size === 0 ? {} : { reason: [...notes].join('; ') };
  const seconds = since(start);
  return { statement, verdict: 'proved', degree, height, riskLog2: risk, redrawn, ...reason, seconds };
}

/** Encloses a quantity that has true logarithms in it, on a policy of the shape. */
function encloseQuantity(quantity: EnclosedQuantity, graphs: Graphs, seed: number): StatementProof {
  const start = performance.now();
  const { numbers, width, hasFloat64, meets } = enclosed(quantity, graphs.of({})[0]!, seed);
  const statement = { name: quantity.name, kind: 'enclosure' as const };
  const reason = !meets
    ? 'intervals that enclose the same number in two ways do not meet'
    : !hasFloat64
      ? 'float64 computes a number that its roundings do not explain'
      : width > LARGEST_WIDTH
        ? `the interval is wider than ${LARGEST_WIDTH} of its value`
        : 'it has logarithms of rational numbers: enclosed on a drawn policy of the shape, not proved for all';
  return {
    statement,
    verdict: hasFloat64 && meets ? 'outside' : 'refuted',
    width,
    numbers,
    reason,
    seconds: since(start),
  };
}

/**
 * Proves a statement about some policies and others with a small policy of each kind.
 * @param claim the id of the claim that it belongs to, for the files of the policies
 */
export function proveEitherWay(
  statement: EitherWay,
  shape: PolicyShape,
  claim = 'statement',
): StatementProof {
  const start = performance.now();
  const asked: Statement = { ...statement, kind: 'identity' };
  const { above, below } = bothWays(statement, shape);
  const witnesses = [above, below].flatMap((found) =>
    found === undefined ? [] : [shown(asked, found, claim)],
  );
  const reason =
    shape.attempts === 1
      ? NO_DECISIONS
      : `no small policy was found on which left is ${above === undefined ? 'above' : 'below'} right`;
  return {
    statement: { ...statement, kind: 'eitherWay' },
    ...(witnesses.length === 2 ? { verdict: 'proved', witnesses } : { verdict: 'outside', reason }),
    seconds: since(start),
  };
}

/**
 * Refutes a wrong statement with a small policy.
 * @param claim the id of the claim that it belongs to, for the file of the counter-example
 */
export function refuteControl(control: WrongStatement, claim = 'statement'): ControlProof {
  const found = counterExample(control);
  if (found === undefined) return { control, verdict: 'proved' };
  return { control, verdict: 'refuted', counterExample: shown(control, found, claim) };
}

/**
 * The proofs that say whether a claim is proved for the shape: those about the shape. A step of an induction says what holds at every
 * history, and is all there is only in a claim of nothing but inductions.
 */
function ofShape(proofs: readonly StatementProof[]): readonly StatementProof[] {
  const own = proofs.filter(({ statement }) => statement.kind !== 'induction');
  return own.length === 0 ? proofs : own;
}

/**
 * Decides the statements of a claim for all policies of a shape, and refutes its controls. A claim is proved if every statement that is
 * inside the class is proved, one about the shape among them, and every control is refuted.
 */
export function proveClaim(claim: ClaimStatements, options: ProveOptions): ClaimProof {
  const { id, statements, controls, outside, enclosed: quantities = [], eitherWay = [] } = claim;
  const start = performance.now();
  const graphs = new Graphs(options.shape);
  const proofs: StatementProof[] = statements.map((statement) =>
    proveStatement(statement, graphs, options, id),
  );
  for (const quantity of quantities) proofs.push(encloseQuantity(quantity, graphs, options.seed));
  for (const statement of eitherWay) proofs.push(proveEitherWay(statement, options.shape, id));
  for (const { name, reason } of outside) {
    proofs.push({ statement: { name, kind: 'identity' }, verdict: 'outside', reason, seconds: 0 });
  }
  const controlled = controls.map((one) => refuteControl(one, id));
  const isWrong =
    proofs.some(({ verdict }) => verdict === 'refuted') ||
    controlled.some(({ verdict }) => verdict !== 'refuted');
  const isProved = ofShape(proofs).some(({ verdict }) => verdict === 'proved');
  const verdict = isWrong ? 'refuted' : isProved ? 'proved' : 'outside';
  return { id, verdict, statements: proofs, controls: controlled, seconds: since(start) };
}
