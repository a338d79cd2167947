// How long fractions of a policy may become, before any of them is computed: the denominators of values are multiplied up the tree.
import { type Fraction, gcd } from '../../algebra/fraction.ts';
import { InputError } from '../../base/errors.ts';
import type { SlotOdds } from '../../policy/fractions.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { slotRows } from './indices.ts';

/**
 * The square of the digits of a denominator times the number of actions in the tree, at most: common divisors take time with the square of
 * the digits, and all values and gradients of a policy about half a minute.
 */
export const MOST_WORK = 1e10;

const DIGITS_PER_BIT = Math.log10(2);

/** The number of decimal digits of an integer above 0, at most four bits too many. */
export function digitsOf(n: bigint): number {
  return Math.ceil(4 * (n < 0n ? -n : n).toString(16).length * DIGITS_PER_BIT);
}

/** A common multiple that has grown beyond what is computed. */
class TooLong extends Error {}

/** The least common multiple of integers above 0. @throws TooLong beyond a number of digits */
function leastCommon(values: Iterable<bigint>, most: number): bigint {
  let all = 1n;
  for (const value of values) {
    if (value === all || value === 1n) continue;
    all *= value / gcd(all, value);
    if (digitsOf(all) > most) throw new TooLong();
  }
  return all;
}

/** For each row of a table of odds an integer that the denominators of its probabilities divide. */
function rowDenominators(graph: TrajectoryGraph, odds: readonly Fraction[], most: number): bigint[] {
  const { row, rows } = slotRows(graph);
  const byRow = Array.from({ length: rows }, (): Fraction[] => []);
  for (const [slot, value] of odds.entries()) byRow[row[slot]!]!.push(value);
  return byRow.map((values) => {
    const common = leastCommon(
      values.map(({ d }) => d),
      most,
    );
    return values.reduce((sum, { n, d }) => sum + n * (common / d), 0n);
  });
}

/** An integer that the denominator of E[leaf] divides, for any integers over the leaves' denominators. */
function denominator(
  graph: TrajectoryGraph,
  odds: readonly Fraction[],
  leaves: readonly bigint[],
  most: number,
): bigint {
  const { row } = slotRows(graph);
  const own = rowDenominators(graph, odds, most);
  let next: bigint[] = [];
  for (const { arity, nodes, edgeStart, leafStart, terminal, successor } of graph.layers.toReversed()) {
    const after = [...next, ...leaves.slice(leafStart, leafStart + terminal.length)];
    next = Array.from({ length: nodes }, (_, n) => {
      const ahead = Array.from({ length: arity }, (_, a) => after[successor[n * arity + a]!]!);
      return own[row[graph.slot[edgeStart + n * arity]!]!]! * leastCommon(ahead, most);
    });
  }
  return leastCommon(next, most);
}

/**
 * Refuses a policy whose fractions would take too long to compute.
 * @param reward the reward of every leaf [leaves]
 * @param source the name of the policy in messages
 * @param work the most, in squares of digits times actions
 * @throws InputError saying how long they may become
 */
export function checkFractionSize(
  graph: TrajectoryGraph,
  { policy, reference }: SlotOdds,
  reward: readonly Fraction[],
  source: string,
  work = MOST_WORK,
): void {
  const most = Math.floor(Math.sqrt(work / graph.edges));
  try {
    const denominators = reward.map(({ d }) => d);
    denominator(graph, policy, denominators, most);
    denominator(
      graph,
      reference,
      denominators.map(() => 1n),
      most,
    );
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    throw new InputError(
      `${source}: expected odds and rewards whose fractions have at most ${most} digits in a tree of ${graph.edges} actions, found some that may have ${longest([...policy, ...reference, ...reward])}; integers with few digits keep them short`,
    );
  }
}

/** How long a common denominator may be: as long as all that is given together. */
function longest(given: readonly Fraction[]): string {
  const digits = given.reduce((sum, { n, d }) => sum + digitsOf(n) + (d === 1n ? 0 : digitsOf(d)), 0);
  return `up to ${digits}`;
}
