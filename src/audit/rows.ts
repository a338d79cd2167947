// A set of trajectories, in the order of the input.
import { Column } from './columns/column.ts';
import type { Summary } from './summary.ts';

/** Trajectories by index; one that is added again counts once. */
export class Rows implements Iterable<number> {
  private readonly isIn: Column;
  /** How many there are. */
  count = 0;

  constructor({ count, memory }: Pick<Summary, 'count' | 'memory'>) {
    this.isIn = Column.filled(count, 0, memory);
  }

  /** Whether trajectory i is one of them. */
  has(i: number): boolean {
    return this.isIn.at(i) === 1;
  }

  /** Adds trajectory i. */
  add(i: number): void {
    if (this.has(i)) return;
    this.isIn.set(i, 1);
    this.count++;
  }

  /** The indices, ascending. */
  *[Symbol.iterator](): Generator<number> {
    if (this.count === 0) return;
    for (let i = 0; i < this.isIn.length; i++) if (this.has(i)) yield i;
  }
}
