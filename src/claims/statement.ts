// A statement of a claim as one text over any field: `verify` runs it in float64, `prove` over a finite field and over degrees.
import type { PolicyOver } from '../attribution/policyOver.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';

/** Two arrays that a statement says are equal. */
export interface Sides<A> {
  readonly left: A;
  readonly right: A;
}

/** Further free symbols of a statement, such as a direction [edges] or a β [1], by name. */
export type Symbols<A> = Readonly<Record<string, A>>;

/** How many elements each further free symbol of a statement has, by name. */
export type SymbolSizes = (graph: TrajectoryGraph) => Readonly<Record<string, number>>;

/**
 * Where a statement is put: the full tree of a shape; that of at most two attempts of one token from three, whose pairs and triples are
 * enumerated; the padding construction, whose tokens after the first of an attempt share one row or have one for each position; or one
 * history with its continuations as leaves, the step of an induction.
 */
export type Place = 'tree' | 'smallTree' | 'padding' | 'untiedPadding' | 'step';

/** The side of a statement as a text that runs over any field. */
export type SidesOver = <A>(policy: PolicyOver<A>, symbols: Symbols<A>) => Sides<A>;

/** A statement that holds for every policy of a shape. */
export interface Statement {
  readonly name: string;
  /**
   * An identity; an inequality, whose difference is shown to be a sum of terms that are not negative; or an induction, whose step is an
   * identity with free symbols in the place of what comes after a history.
   */
  readonly kind: 'identity' | 'inequality' | 'induction';
  /** The full tree if left out. */
  readonly place?: Place;
  /** The statement reads log-ratios, which are free symbols in a proof and have their true values in a counter-example. */
  readonly readsLogs?: boolean;
  /** Only `sample` or `decision` histories are put to the step of an induction; both if left out. */
  readonly only?: 'sample' | 'decision';
  /** It says nothing where there are no decisions, though its sides are not 0 there. */
  readonly needsDecisions?: boolean;
  readonly symbols?: SymbolSizes;
  /** The further symbols stand for numbers above 0, such as e^{R/β}. */
  readonly positive?: boolean;
  /** The integers that it speaks of as rewards of the trajectories [leaves]; free symbols if left out. */
  readonly rewards?: (graph: TrajectoryGraph) => Int32Array;
  /** Both sides for a policy over any field. */
  readonly sides: SidesOver;
  /** Why the terms on the right of an inequality are not negative, or what an induction starts from and steps over. */
  readonly because?: string;
}

/** A wrong statement, which must be refuted with a concrete policy. */
export interface WrongStatement extends Statement {
  /** Which mistake it makes. */
  readonly mistake: string;
}

/**
 * A statement that left is above right on some policies and below it on others. It is proved by two small policies that anyone can check.
 */
export type EitherWay = Omit<Statement, 'kind' | 'only' | 'needsDecisions'>;

/** A part of a claim that is no identity between rational functions. */
export interface OutsideStatement {
  readonly name: string;
  /** Why it cannot be decided at random points. */
  readonly reason: string;
}

/** Logarithms and exponentials, by arrays. */
export interface Elementary<A> {
  log(a: A): A;
  exp(a: A): A;
}

/** The value of a quantity on a policy whose log-ratios are the true ones. */
export type QuantityOver = <A>(policy: PolicyOver<A>, elementary: Elementary<A>) => A;

/** A quantity whose true logarithms no identity has: it is enclosed on policies with known odds. */
export interface EnclosedQuantity {
  readonly name: string;
  readonly value: QuantityOver;
  /** The same numbers in another way: what encloses them must meet what encloses `value`. */
  readonly also?: QuantityOver;
}

/** Everything of a claim that is put to a proof. */
export interface ClaimStatements {
  /** The id of the claim: `C3`. */
  readonly id: string;
  readonly statements: readonly Statement[];
  readonly controls: readonly WrongStatement[];
  readonly outside: readonly OutsideStatement[];
  readonly enclosed?: readonly EnclosedQuantity[];
  readonly eitherWay?: readonly EitherWay[];
}
