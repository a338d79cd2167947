// A counter-example as a policy file with odds, and in words: where both sides differ.

import { shapeAt } from '../claims/shared/places.ts';
import type { Statement } from '../claims/statement.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { expandPadding, paddingFamily } from '../policy/padding.ts';
import type { StatementName, WrittenStatement } from '../policy/putStatement.ts';
import { decisionKeys, leafKeys, type PolicyShape, sampleKeys } from '../policy/shape.ts';
import type { CounterExample } from './counterExample.ts';
import type { OddsPolicy } from './objectives/counterPolicy.ts';

/** Where the numbers of a policy on a full tree lie among those of a candidate. */
export interface Places {
  readonly sample: ArrayLike<number>;
  readonly decision: ArrayLike<number>;
  readonly leaf: (index: number) => number;
}

function range(from: number, to: number): Float64Array {
  return Float64Array.from({ length: to - from }, (_, i) => from + i);
}

function onTree({ sampleSlots, slots }: TrajectoryGraph): Places {
  return { sample: range(0, sampleSlots), decision: range(sampleSlots, slots), leaf: (i) => i };
}

/** The histories of a tree by the first tokens of their attempts: the tables of the construction, with places for numbers. */
function onPadding(graph: TrajectoryGraph, shape: PolicyShape): Places {
  const { attempts, length, vocabulary } = shape;
  const family = paddingFamily(attempts, vocabulary, 0);
  const first = family.policy.first.length;
  const table = {
    first: range(0, first),
    padding: length === 1 ? new Float64Array(vocabulary) : range(first, first + vocabulary),
    decision: range(graph.sampleSlots, graph.slots),
  };
  const { sample, decision } = expandPadding(family, table, length);
  const keys = [...leafKeys(shape)];
  const leaf = (index: number): number => {
    const parts = keys[index]!.split('/').map((attempt) => attempt.split(',').map(Number));
    const code = parts.reduce((c, [token]) => c * vocabulary + token!, 0);
    const before = graph.layers.find(
      ({ attempt, terminal }) => attempt === parts.length - 1 && terminal.length > 0,
    )!;
    const isPadded = parts.length === attempts && length > 1;
    return before.leafStart + (isPadded ? code * vocabulary + parts.at(-1)!.at(-1)! : code);
  };
  return { sample, decision, leaf };
}

/** Where the numbers of a tree of a shape lie among those of the graph that a statement is put to. */
export function placesIn(
  { place }: Pick<Statement, 'place'>,
  graph: TrajectoryGraph,
  shape: PolicyShape,
): Places {
  // One history of decisions is a policy of one token from two.
  if (graph.sampleSlots === 0) return { sample: range(0, graph.slots), decision: [], leaf: (i) => i };
  return place === 'padding' || place === 'untiedPadding' ? onPadding(graph, shape) : onTree(graph);
}

/** A counter-example as a policy file, with what it refutes. */
export interface CounterPolicy extends OddsPolicy {
  readonly statement: WrittenStatement;
}

/** The policy of a counter-example, as gradsplit/policy@1 with odds. */
export function counterPolicy(statement: Statement, found: CounterExample, of: StatementName): CounterPolicy {
  const { candidate } = found;
  const { graph, symbols } = candidate;
  const isDecision = graph.sampleSlots === 0;
  const shape: PolicyShape = isDecision
    ? { attempts: 1, length: 1, vocabulary: 2 }
    : shapeAt(statement, found.shape);
  const { sample, decision, leaf } = placesIn(statement, graph, shape);
  const component = isDecision ? 'decision' : 'sample';
  const { vocabulary } = shape;
  const table = (odds: readonly number[]): OddsPolicy['odds'] => {
    const rows = (keys: Iterable<string>, at: ArrayLike<number>, width: number) =>
      Object.fromEntries(
        [...keys].map((key, row) => [
          key,
          Array.from({ length: width }, (_, a) => odds[at[row * width + a]!]!),
        ]),
      );
    return {
      sample: rows(sampleKeys(shape), sample, vocabulary),
      decision: rows(decisionKeys(shape), decision, 2),
    };
  };
  const rewards = [...leafKeys(shape)].map((key, i) => [key, candidate.reward[leaf(i)]!] as const);
  return {
    format: 'gradsplit/policy@1',
    ...shape,
    reward: { table: Object.fromEntries(rewards) },
    odds: table(candidate.odds),
    reference: { odds: table(candidate.refOdds) },
    statement: {
      ...of,
      ...(statement.place === 'step' ? { component } : {}),
      ...(Object.keys(symbols).length === 0 ? {} : { symbols }),
    },
  };
}

/** Both sides of the statement on the policy, and the further numbers that they read. */
export function counterWords({ candidate: { symbols }, index, left, right }: CounterExample): string {
  const given = Object.entries(symbols).map(([name, values]) => `${name} = [${values.join(', ')}]`);
  const where = given.length === 0 ? '' : ` with ${given.join(', ')}`;
  return `entry ${index}: left is ${left}, right is ${right}${where}`;
}
