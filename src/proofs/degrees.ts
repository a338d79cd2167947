// The degree of an identity, computed by running its own text over degrees in the place of numbers.
import { type DegreeArray, type DegreeBound, degreeField } from '../algebra/degree.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { freeInstance } from './randomPoints.ts';

/** What the bound of Schwartz and Zippel needs to know of an identity. */
export interface Degrees extends DegreeBound {
  /** How many numbers each side has. */
  readonly entries: number;
  /** How many of them are 0 on both sides before anything is computed. */
  readonly zeros: number;
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
  const bound = field.bound(field.concat([field.sub(left, right), left]));
  const isZero = field.zeros(right);
  const zeros = field.zeros(left).filter((zero, i) => zero && isZero[i]!).length;
  return { ...bound, entries: left.elements.length, zeros };
}
