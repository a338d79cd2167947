// The weights of groups at a random point, in every case of the comparisons that the symbols leave open.
import { showFraction } from '../../algebra/fraction.ts';
import type { FormulaBatch, PerToken } from '../../objectives/formulas/index.ts';
import { larger, NO_SIZE, type Sides, vanish } from './decide.ts';
import type { Element } from './element.ts';
import { RememberedWeights } from './groupWeights.ts';
import type { Point } from './point.ts';
import { type Subject, weightsAt } from './subject.ts';

/** Two results side by side. */
function gapsBetween(a: PerToken<Element>, b: PerToken<Element>): Sides[] {
  return a.flatMap((row, i) => row.map((found, t) => ({ found, expected: b[i]![t]! })));
}

/** A text that is equal for one element alone, or for equal constants. */
function identities(): (element: Element) => string {
  const known = new Map<Element, string>();
  return (element) => {
    if (element.constant !== undefined) return showFraction(element.constant);
    const key = known.get(element) ?? `symbol ${known.size}`;
    known.set(element, key);
    return key;
  };
}

/** Why nothing is proved where `varies`. */
export const VARIES =
  'the weights of a group depend on the signs of advantages, so that there is no one formula';

/** Weights at a point; `varies` becomes true if those of a group depend on which case holds. */
export class PointWeights {
  varies = false;
  /** The size of what was the same in different cases. */
  same = NO_SIZE;
  readonly remembered: RememberedWeights<Element>;
  private readonly point: Point;
  private readonly subject: Subject;

  constructor(point: Point, subject: Subject) {
    this.point = point;
    this.subject = subject;
    this.remembered = new RememberedWeights(this.inEveryCase, identities());
  }

  private readonly inEveryCase = (group: FormulaBatch<Element>): PerToken<Element> => {
    let first: PerToken<Element> | undefined;
    this.point.cases(
      () => weightsAt(this.subject, this.point, group),
      (weights) => {
        first ??= weights;
        const same = vanish(this.point, gapsBetween(first, weights));
        if (same === undefined) this.varies = true;
        else this.same = larger(this.same, same);
        return this.varies;
      },
    );
    return first!;
  };
}
