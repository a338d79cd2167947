// What the statements of a user's claim give, checked: two sides, of a function without async.

import type { PolicyOver } from '../attribution/policyOver.ts';
import { showValue } from '../base/show.ts';
import type { Sides, SidesOver, Statement, Symbols } from './statement.ts';

/** The sides, refused where there are none. @throws TypeError saying what was found in their place */
function checked(sides: SidesOver, name: string): SidesOver {
  return <A>(policy: PolicyOver<A>, symbols: Symbols<A>): Sides<A> => {
    const found: unknown = sides(policy, symbols);
    if (found instanceof Promise) {
      found.catch(() => undefined);
      throw new TypeError(`sides of ${showValue(name)} gave a Promise; they are a function without async`);
    }
    if (typeof found === 'object' && found !== null && 'left' in found && 'right' in found) {
      return found as Sides<A>;
    }
    throw new TypeError(
      `sides of ${showValue(name)} gave ${showValue(found)} in the place of { left, right }`,
    );
  };
}

/** A statement of a user whose sides are checked whenever they are asked for. */
export function withCheckedSides<S extends Statement>(statement: S): S {
  return { ...statement, sides: checked(statement.sides, statement.name) };
}
