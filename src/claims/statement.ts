// A statement of a claim as one text over any field: `verify` runs it in float64, `prove` over a finite field and over degrees.
import type { PolicyOver } from '../attribution/policyOver.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';

/** Two arrays that a statement says are equal, or of which it says that left is nowhere above right. */
export interface Sides<A> {
  readonly left: A;
  readonly right: A;
}

/** Further free symbols of a statement, such as a direction [slots] or a β [1], by name. */
export type Symbols<A> = Readonly<Record<string, A>>;

/** A statement that holds for every policy of a shape. */
export interface Statement {
  readonly name: string;
  /** An identity; an inequality that an identity with a sum of squares proves; or one step of an induction over lengths. */
  readonly kind: 'identity' | 'inequality' | 'induction';
  /** How many elements each further free symbol has. */
  readonly symbols?: (graph: TrajectoryGraph) => Readonly<Record<string, number>>;
  /** Both sides for a policy over any field. */
  readonly sides: <A>(policy: PolicyOver<A>, symbols: Symbols<A>) => Sides<A>;
}

/** A wrong statement, which must be refuted with a concrete policy. */
export interface WrongStatement extends Statement {
  /** Which mistake it makes. */
  readonly mistake: string;
}
