// Probabilities of a policy over any field: from free symbols, of which the last action of each history takes what is left, or from
// odds, as in a policy file.
import type { ArrayField } from '../../base/field.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { slotRows } from './indices.ts';

/** The number of free probabilities of a policy: all actions but the last of every row. */
export function freeProbabilities(graph: TrajectoryGraph): number {
  return graph.slots - slotRows(graph).rows;
}

/**
 * Probabilities of every edge [edges] from free symbols [freeProbabilities]: the last action of a row has 1 minus the others. They are
 * polynomials, so that nothing is divided, and every policy is such a point.
 */
export function probabilitiesFromFree<A>(field: ArrayField<A>, graph: TrajectoryGraph, free: A): A {
  const { row, rows } = slotRows(graph);
  const isLast = Array.from({ length: graph.slots }, (_, s) => row[s] !== row[s + 1]);
  const freeRows = row.filter((_, s) => !isLast[s]!);
  const last = field.sub(field.ones(rows), field.segmentSum(free, freeRows, rows));
  let used = 0;
  const place = Int32Array.from(row, (r, s) => (isLast[s]! ? freeRows.length + r : used++));
  const table = field.gather(field.concat([free, last]), place);
  return field.gather(table, graph.slot);
}

/** Probabilities of every edge [edges] from odds [slots]: odds over the sum of their row. */
export function probabilitiesFromOdds<A>(field: ArrayField<A>, graph: TrajectoryGraph, odds: A): A {
  const { row, rows } = slotRows(graph);
  const sums = field.gather(field.segmentSum(odds, row, rows), row);
  return field.gather(field.div(odds, sums), graph.slot);
}
