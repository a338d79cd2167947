// A statement in float64: `verify` puts what the library computes to the text that `prove` decides for all policies.
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { policyInFloat64 } from '../../attribution/over/instance.ts';
import { type Comparison, difference, distance, worst } from '../check.ts';
import type { Statement, Symbols } from '../statement.ts';

/** A value of the library: a number, or one for each entry of the sides of a statement. */
type Computed = number | Float64Array;

function compare(measured: Computed, expected: Computed): Comparison {
  const [m, e] = [measured, expected].map((x) => (typeof x === 'number' ? Float64Array.of(x) : x));
  return m!.length === 1 && e!.length === 1 ? difference(m![0]!, e![0]!) : distance(m!, e!);
}

/**
 * What the library computes for the left side of a statement against the text of its right side, and the other way round: the one with
 * the larger error.
 * @param left the library's value of the left side
 * @param right the library's value of the right side
 * @param symbols the further symbols of the statement
 */
export function againstStatement(
  statement: Statement,
  policy: EvaluatedPolicy,
  left: Computed,
  right: Computed,
  symbols: Symbols<Float64Array> = {},
): Comparison {
  const text = statement.sides(policyInFloat64(policy), symbols);
  return worst([compare(left, text.right), compare(text.left, right)]);
}
