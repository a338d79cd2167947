// What is kept of a rollout or a group while its trajectories come: memory follows those that have begun and not ended, not all of them.
import type { IntegerColumn } from './columns/column.ts';
import { sizesOf } from './columns/lists.ts';
import { once } from './once.ts';
import type { Summary } from './summary.ts';

/** [rollouts] how many trajectories each has. */
export const rolloutSizes = once(({ rollout }: Summary) => sizesOf(rollout));

/** [groups] how many trajectories each has. */
export const groupSizes = once(({ group }: Summary) => sizesOf(group));

/** Something of each part that has begun and not ended. */
export class OpenParts<Kept> {
  private readonly of: IntegerColumn;
  private readonly sizes: IntegerColumn;
  private readonly open = new Map<number, { readonly kept: Kept; left: number }>();

  /**
   * @param of [N] the part of each trajectory; −1 for none
   * @param sizes how many trajectories each part has
   */
  constructor(of: IntegerColumn, sizes: IntegerColumn) {
    this.of = of;
    this.sizes = sizes;
  }

  /** How many trajectories the part of trajectory i has; 0 where it is in none. */
  sizeAt(i: number): number {
    return this.of.at(i) < 0 ? 0 : this.sizes.at(this.of.at(i));
  }

  /**
   * Counts trajectory i, which must be in a part; each is counted once.
   * @param begin what is kept from the first one of a part on, and forgotten after the last one
   */
  see(i: number, begin: () => Kept): { readonly kept: Kept; readonly isLast: boolean } {
    const part = this.of.at(i);
    const entry = this.open.get(part) ?? { kept: begin(), left: this.sizes.at(part) };
    entry.left--;
    if (entry.left > 0) this.open.set(part, entry);
    else this.open.delete(part);
    return { kept: entry.kept, isLast: entry.left === 0 };
  }
}
