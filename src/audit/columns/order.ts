// Sorts more numbers than fit into memory: runs that do are sorted one by one, and merged.
import { Column, IntegerColumn, type Numbers } from './column.ts';
import type { PageMemory } from './pageMemory.ts';

/** Numbers that are sorted at once. */
const RUN = 2 ** 16;

/** Where a run is: the next of its numbers, which is `key`, and its end. */
interface Run {
  at: number;
  key: number;
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
 * Tells numbers in ascending order, each with what belongs to it; of equal ones what came first. Columns are read and written from the
 * beginning to the end only, run by run, so that pages outside of memory are read once.
 * @param keys none of them NaN
 * @param belongs what belongs to each
 */
function inOrder(
  keys: Numbers,
  belongs: (i: number) => number,
  memory: PageMemory | undefined,
  tell: (key: number, belonging: number) => void,
): void {
  const byRun = { keys: new Column(memory), belonging: new Column(memory) };
  const runs: Run[] = [];
  for (let from = 0; from < keys.length; from += RUN) {
    const end = Math.min(keys.length, from + RUN);
    const run = Float64Array.from({ length: end - from }, (_, k) => keys.at(from + k));
    const along = Float64Array.from({ length: end - from }, (_, k) => belongs(from + k));
    const sorted = Int32Array.from(run.keys()).sort((a, b) => run[a]! - run[b]!);
    if (keys.length <= RUN) {
      for (const k of sorted) tell(run[k]!, along[k]!);
      return;
    }
    for (const k of sorted) {
      byRun.keys.push(run[k]!);
      byRun.belonging.push(along[k]!);
    }
    runs.push({ at: from, key: run[sorted[0]!]!, end });
  }
  // Runs are in the order of their indices, which decides between equal numbers.
  const isBefore = (a: Run, b: Run): boolean => a.key < b.key || (a.key === b.key && a.end < b.end);
  for (let k = runs.length >> 1; k >= 0; k--) sink(runs, isBefore, k);
  while (runs.length > 0) {
    const first = runs[0]!;
    tell(first.key, byRun.belonging.at(first.at++));
    if (first.at < first.end) first.key = byRun.keys.at(first.at);
    else {
      const last = runs.pop()!;
      if (runs.length > 0) runs[0] = last;
    }
    sink(runs, isBefore, 0);
  }
}

/** Numbers in ascending order, and the index that each of them had. */
export interface Ordered {
  readonly values: Column;
  readonly order: IntegerColumn;
}

/**
 * Numbers in ascending order with their indices; of equal ones the smaller index first.
 * @param values none of them NaN
 * @param memory where the columns are that it makes
 */
export function ordered(values: Numbers, memory?: PageMemory): Ordered {
  const out = { values: new Column(memory), order: new IntegerColumn(memory) };
  inOrder(
    values,
    (i) => i,
    memory,
    (value, i) => {
      out.values.push(value);
      out.order.push(i);
    },
  );
  return out;
}

/** The numbers themselves in ascending order. */
export function sorted(values: Numbers, memory?: PageMemory): Column {
  const out = new Column(memory);
  inOrder(
    values,
    () => 0,
    memory,
    (value) => out.push(value),
  );
  return out;
}

/**
 * Numbers put back in their places.
 * @param order a permutation: where each of them belongs
 */
export function placed(values: Numbers, order: Numbers, memory?: PageMemory): Column {
  const out = new Column(memory);
  inOrder(
    order,
    (k) => values.at(k),
    memory,
    (_, value) => out.push(value),
  );
  return out;
}
