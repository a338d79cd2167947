// How kernels that work row by row are shared out among threads.
import type { Cut } from './team/team.ts';

/** Rows whose elements take as long as `perElement` multiply-adds. Parts begin at even rows: some kernels take two at once. */
export function rowCut(rows: number, columns: number, perElement: number): Cut {
  return { units: rows, work: rows * columns * perElement, grain: 4 };
}
