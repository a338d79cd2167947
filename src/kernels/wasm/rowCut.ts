// How kernels that work row by row are divided among threads.
import type { Cut } from './team/team.ts';

/** Cuts rows whose elements take as long as `perElement` multiply-adds. Parts begin at even rows, because some kernels take two rows at once. */
export function rowCut(rows: number, columns: number, perElement: number): Cut {
  return { units: rows, work: rows * columns * perElement, grain: 4 };
}
