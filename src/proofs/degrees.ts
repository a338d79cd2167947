// The degree of an identity, computed by running its own text over degrees in the place of numbers.
import { type DegreeArray, degreeField } from '../algebra/degree.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { freeInstance } from './randomPoints.ts';

/** What the bound of Schwartz and Zippel needs to know of an identity. */
export interface Degrees {
  /** The total degree of the numerator of left − right. */
  readonly degree: number;
  /** The sum of the degrees of everything that was divided by. */
  readonly divisors: number;
  /** log2 of the sum of absolute values of the numerator's integer coefficients. */
  readonly height: number;
}

/** Bounds the degree of an identity on a graph. */
export function degreesOf(statement: Statement, graph: TrajectoryGraph): Degrees {
  const field = degreeField();
  const { policy, symbols } = freeInstance(
    field,
    graph,
    statement,
    (count): DegreeArray => field.symbols(count),
  );
  const { left, right } = statement.sides(policy, symbols);
  // The difference of a value and itself would be known to be 0, and the degree of what was computed is asked for.
  const { degree, divisors, height } = field.bound(field.concat([field.sub(left, right), left]));
  return { degree, divisors, height };
}
