// Sorts more numbers than fit into memory: runs that do are sorted one by one, and merged.
import { Column, IntegerColumn, type Numbers } from './column.ts';
import type { PageMemory } from './pageMemory.ts';

/** Numbers that are sorted at once. */
const RUN = 2 ** 16;

/** Where a run is: the next of its numbers, and its end. */
interface Run {
  at: number;
  readonly end: number;
}

/** Lets the first of a heap sink to its place. */
function sink(heap: Run[], isBefore: (a: Run, b: Run) => boolean, from: number): void {
  for (let parent = from; ; ) {
    let least = parent;
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
    }
    if (least === parent) return;
    [heap[parent], heap[least]] = [heap[least]!, heap[parent]!];
    parent = least;
  }
}

/**
 * The indices of numbers in ascending order of these; of equal ones the smaller index first.
 * @param values none of them NaN
 * @param memory where the columns are that it makes
 */
export function orderOf(values: Numbers, memory?: PageMemory): IntegerColumn {
  const order = new IntegerColumn(memory);
  const keys = new Column(memory);
  const runs: Run[] = [];
  for (let from = 0; from < values.length; from += RUN) {
    const end = Math.min(values.length, from + RUN);
    const run = Float64Array.from({ length: end - from }, (_, k) => values.at(from + k));
    const sorted = Int32Array.from(run.keys()).sort((a, b) => run[a]! - run[b]!);
    for (const k of sorted) {
      order.push(from + k);
      keys.push(run[k]!);
    }
    runs.push({ at: from, end });
  }
  if (runs.length < 2) return order;
  // Runs are in the order of their indices, which decides between equal numbers.
  const isBefore = (a: Run, b: Run): boolean => {
    const [x, y] = [keys.at(a.at), keys.at(b.at)];
    return x < y || (x === y && a.end < b.end);
  };
  for (let k = runs.length >> 1; k >= 0; k--) sink(runs, isBefore, k);
  const merged = new IntegerColumn(memory);
  while (runs.length > 0) {
    const first = runs[0]!;
    merged.push(order.at(first.at++));
    if (first.at === first.end) {
      const last = runs.pop()!;
      if (runs.length > 0) runs[0] = last;
    }
    sink(runs, isBefore, 0);
  }
  return merged;
}

/** The numbers themselves in ascending order. */
export function sorted(values: Numbers, memory?: PageMemory): Column {
  const out = new Column(memory);
  for (const i of orderOf(values, memory)) out.push(values.at(i));
  return out;
}
