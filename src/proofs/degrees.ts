// The degree of an identity, computed by running its own text over degrees in the place of numbers.
import { type DegreeArray, type DegreeBound, degreeField } from '../algebra/degree.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { freeInstance } from './randomPoints.ts';

/** Bounds the degree of an identity on a graph. */
export function degreesOf(statement: Statement, graph: TrajectoryGraph): DegreeBound {
  const field = degreeField();
  const { policy, symbols } = freeInstance(
    field,
    graph,
    statement,
    (count): DegreeArray => field.symbols(count),
  );
  const { left, right } = statement.sides(policy, symbols);
  // The difference of a value and itself would be known to be 0, and the degree of what was computed is asked for.
  return field.bound(field.concat([field.sub(left, right), left]));
}
