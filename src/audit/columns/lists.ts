// Lists of trajectories, such as the members of groups, end to end in a column.
import { Column, IntegerColumn } from './column.ts';
import type { PageMemory } from './pageMemory.ts';

/** Lists of indices that are added one by one. One of them is in memory at a time, so that it may not be longer than that allows. */
export class Lists implements Iterable<number[]> {
  readonly memory: PageMemory | undefined;
  private readonly ends: IntegerColumn;
  /** The members of all lists, one list after the other. */
  readonly members: IntegerColumn;

  /**
   * @param memory where they are; left out: in memory
   * @param ends of lists that are there from the beginning: where each one ends in `members`
   */
  constructor(memory?: PageMemory, ends = new IntegerColumn(memory), members = new IntegerColumn(memory)) {
    this.memory = memory;
    this.ends = ends;
    this.members = members;
  }

  /** How many lists there are. */
  get length(): number {
    return this.ends.length;
  }

  /** Adds a list at the end. */
  push(list: Iterable<number>): void {
    for (const i of list) this.members.push(i);
    this.ends.push(this.members.length);
  }

  /** How many members list k has. */
  sizeOf(k: number): number {
    return this.ends.at(k) - (k === 0 ? 0 : this.ends.at(k - 1));
  }

  /** List k, made anew. */
  at(k: number): number[] {
    const list: number[] = [];
    const end = this.ends.at(k);
    for (let at = k === 0 ? 0 : this.ends.at(k - 1); at < end; at++) list.push(this.members.at(at));
    return list;
  }

  *[Symbol.iterator](): Generator<number[]> {
    for (let k = 0; k < this.length; k++) yield this.at(k);
  }

  /** Whether any list is such. */
  some(is: (list: readonly number[]) => boolean): boolean {
    for (const list of this) if (is(list)) return true;
    return false;
  }

  /** Whether all lists are such. */
  every(is: (list: readonly number[]) => boolean): boolean {
    return !this.some((list) => !is(list));
  }

  /** How many lists are such. */
  count(is: (list: readonly number[]) => boolean): number {
    let count = 0;
    for (const list of this) if (is(list)) count++;
    return count;
  }

  /** The lists that are such. */
  filter(is: (list: readonly number[]) => boolean): Lists {
    const kept = new Lists(this.memory);
    for (const list of this) if (is(list)) kept.push(list);
    return kept;
  }

  /** Each list with those of its members that are such, if these are `least`. */
  narrowed(is: (i: number) => boolean, least: number): Lists {
    const kept = new Lists(this.memory);
    for (const list of this) {
      const left = list.filter(is);
      if (left.length >= least) kept.push(left);
    }
    return kept;
  }

  /** A number of each list. */
  numbers(of: (list: readonly number[], k: number) => number): Column {
    const column = new Column(this.memory);
    for (let k = 0; k < this.length; k++) column.push(of(this.at(k), k));
    return column;
  }

  /** Something of each list, made when it is asked for. */
  *map<Made>(of: (list: readonly number[]) => Made): Generator<Made> {
    for (const list of this) yield of(list);
  }
}

/** How often each number from 0 to the largest occurs; −1 counts nowhere. */
export function sizesOf(of: IntegerColumn): IntegerColumn {
  const sizes = new IntegerColumn(of.memory);
  for (let i = 0; i < of.length; i++) {
    const g = of.at(i);
    while (sizes.length <= g) sizes.push(0);
    if (g >= 0) sizes.set(g, sizes.at(g) + 1);
  }
  return sizes;
}

/** A list for each number from 0 to the largest, of the indices that have it, ascending; −1 is in no list. */
export function listsBy(of: IntegerColumn): Lists {
  const ends = sizesOf(of);
  let total = 0;
  for (let g = 0; g < ends.length; g++) {
    const begin = total;
    total += ends.at(g);
    ends.set(g, begin);
  }
  const members = IntegerColumn.filled(total, 0, of.memory);
  for (let i = 0; i < of.length; i++) {
    const g = of.at(i);
    if (g < 0) continue;
    members.set(ends.at(g), i);
    ends.set(g, ends.at(g) + 1);
  }
  return new Lists(of.memory, ends, members);
}
