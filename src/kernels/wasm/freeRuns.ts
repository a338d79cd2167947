// Free blocks of the allocator that touch each other, as runs of addresses, and runs cut into blocks again.
import { classBytes, sizeClass } from './sizeClasses.ts';

/** A run of addresses, from … to − 1, without a live block. */
export interface FreeRun {
  readonly from: number;
  readonly to: number;
}

/** Merges free blocks that touch; the runs are ordered by their addresses. @param free addresses by size class */
export function freeRuns(free: readonly (readonly number[] | undefined)[]): FreeRun[] {
  const blocks = free.flatMap((list, index) =>
    (list ?? []).map((from): FreeRun => ({ from, to: from + classBytes(index) })),
  );
  blocks.sort((a, b) => a.from - b.from);
  const runs: FreeRun[] = [];
  for (const block of blocks) {
    const last = runs.at(-1);
    if (last?.to === block.from) runs[runs.length - 1] = { from: last.from, to: block.to };
    else runs.push(block);
  }
  return runs;
}

/** Cuts a run into blocks, the largest first. Every run is a multiple of the smallest block. */
export function piecesOf(from: number, to: number): { pointer: number; index: number }[] {
  const pieces: { pointer: number; index: number }[] = [];
  for (let pointer = from; pointer < to; ) {
    let index = sizeClass(to - pointer);
    if (classBytes(index) > to - pointer) index--;
    pieces.push({ pointer, index });
    pointer += classBytes(index);
  }
  return pieces;
}

/** The smallest run of at least so many bytes, if there is one. */
export function smallestOf(runs: readonly FreeRun[], bytes: number): FreeRun | undefined {
  let best: FreeRun | undefined;
  for (const run of runs) {
    const size = run.to - run.from;
    if (size >= bytes && (best === undefined || size < best.to - best.from)) best = run;
  }
  return best;
}
