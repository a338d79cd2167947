// Central differences of the two-copy network in every coordinate of its parameters: the tables of logits at moved parameters once,
// any value of them after that.

import { GraphPolicy } from '../../attribution/evaluatedPolicy.ts';
import { type Network, tablesAt } from '../../attribution/network.ts';
import type { Tolerance } from '../../attribution/tolerance.ts';
import { float64Field } from '../../base/field.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { edgeLogProbs } from '../../policy/model.ts';

/** [2 · parameters] both components of a gradient, in every coordinate: g_sample, then g_decision. */
export type Components = Float64Array;

/** max |x| over several arrays. */
export function largestOf(arrays: readonly Float64Array[]): number {
  let largest = 0;
  for (const array of arrays) for (const x of array) largest = Math.max(largest, Math.abs(x));
  return largest;
}

/** e_0 … e_{n−1}. */
export function unitVectors(n: number): Float64Array[] {
  return Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
}

/** The longer of the two steps of central differences. */
const STEP = 2 ** -11;

/** Tables of logits at θ and at θ ± h·e_i for both steps h and every coordinate i. */
export interface MovedTables {
  readonly at: Float64Array;
  readonly coarse: readonly (readonly [up: Float64Array, down: Float64Array])[];
  readonly fine: readonly (readonly [up: Float64Array, down: Float64Array])[];
}

/** The tables of a network around θ. */
export function movedTables(network: Network, theta: Float64Array): MovedTables {
  const along = (h: number): Float64Array[] =>
    tablesAt(
      network,
      Array.from(theta, (x, i) => theta.with(i, x + h)),
    );
  const pairs = (h: number): (readonly [Float64Array, Float64Array])[] => {
    const down = along(-h);
    return along(h).map((up, i) => [up, down[i]!] as const);
  };
  return { at: tablesAt(network, [theta])[0]!, coarse: pairs(STEP), fine: pairs(STEP / 2) };
}

/** Central differences of a value whose table is read from θ ± h·e_i for one component and from θ for the other. */
export function tableDifferences(
  { at, coarse, fine }: MovedTables,
  graph: TrajectoryGraph,
  value: (at: GraphPolicy) => number,
  valueError: number,
): { gradient: Components; tolerance: Tolerance } {
  const valueAt = (moved: Float64Array, component: Component): number => {
    const table = Float64Array.from(at);
    const [from, to] = component === 'sample' ? [0, graph.sampleSlots] : [graph.sampleSlots, graph.slots];
    table.set(moved.subarray(from, to), from);
    return value(new GraphPolicy(graph, edgeLogProbs(graph, table)));
  };
  const slopes = (pairs: MovedTables['fine'], h: number): Components =>
    Float64Array.from(
      COMPONENTS.flatMap((c) => pairs.map(([up, down]) => (valueAt(up, c) - valueAt(down, c)) / (2 * h))),
    );
  const gradient = slopes(fine, STEP / 2);
  const truncation = largestOf([float64Field.sub(slopes(coarse, STEP), gradient)]);
  return {
    gradient,
    tolerance: {
      value: truncation + valueError / (STEP / 2),
      bound:
        'Richardson: |D(2h) − D(h)| is three times the truncation error of D(h), h = 2⁻¹²; plus rounding/h',
    },
  };
}
