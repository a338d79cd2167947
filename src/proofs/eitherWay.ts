// Decides that one side is above the other on some policies and below it on others: by a small policy of each kind.
import type { EitherWay, Statement } from '../claims/statement.ts';
import type { PolicyShape } from '../policy/shape.ts';
import { type CounterExample, counterExample, SHAPES } from './counterExample.ts';

/** A policy on which left is above right, and one on which it is below; undefined where none was found. */
export interface BothWays {
  readonly above: CounterExample | undefined;
  readonly below: CounterExample | undefined;
}

/** Searches policies that have no more attempts, tokens and actions than a shape. */
export function bothWays(statement: EitherWay, within: PolicyShape): BothWays {
  const { attempts, length, vocabulary } = within;
  const shapes = SHAPES.filter(
    (small) => small.attempts <= attempts && small.length <= length && small.vocabulary <= vocabulary,
  );
  const find = (sides: Statement['sides']): CounterExample | undefined =>
    counterExample({ ...statement, kind: 'identity', sides }, { shapes, above: true });
  const exchanged = find((policy, symbols) => {
    const { left, right } = statement.sides(policy, symbols);
    return { left: right, right: left };
  });
  return {
    above: find(statement.sides),
    below: exchanged && { ...exchanged, left: exchanged.right, right: exchanged.left },
  };
}
