// Where the cotangent of one label may differ from zero, once labels go their own ways: a label that ends early reaches no later
// place, so that nothing need be computed there.
import { greatestCommonDivisor } from '../base/integers.ts';
import type { RowPassage } from './op.ts';

/** A cotangent, seen as `count` equal chunks in row-major order, is zero outside these, in ascending order. */
export interface Support {
  readonly count: number;
  readonly rows: Int32Array;
}

/** The same in fewer, longer chunks. @param count a divisor of the support's */
function coarsened({ count, rows }: Support, to: number): Support {
  if (to === count) return { count, rows };
  const length = count / to;
  return { count: to, rows: Int32Array.from(new Set(rows.map((row) => Math.floor(row / length)))) };
}

/** Where the sum of two cotangents may differ from zero; undefined, which means anywhere, if one of them may. */
export function union(a: Support | undefined, b: Support | undefined): Support | undefined {
  if (a === undefined || b === undefined || a === b) return a && b;
  const count = greatestCommonDivisor(a.count, b.count);
  const rows = [a, b].flatMap((support) => [...coarsened(support, count).rows]);
  return { count, rows: Int32Array.from(new Set(rows)).sort() };
}

/** In chunks that an op's units are made of or that are made of them. */
export function seenAs(support: Support, units: number): Support {
  return coarsened(support, greatestCommonDivisor(support.count, units));
}

/** With each place all earlier ones of its unit. */
function withEarlier({ count, rows }: Support, places: number): Support {
  const earlier: number[] = [];
  for (const [i, row] of rows.entries()) {
    const isLast = i + 1 === rows.length || Math.floor(rows[i + 1]! / places) !== Math.floor(row / places);
    if (isLast) for (let place = row - (row % places); place <= row; place++) earlier.push(place);
  }
  return { count, rows: Int32Array.from(earlier) };
}

/** Where the cotangent of an input may differ from zero, if that of the output is zero outside its support. */
export function supportAfter(
  support: Support | undefined,
  passage: RowPassage | undefined,
): Support | undefined {
  if (support === undefined || passage?.kind !== 'local' || passage.units === 0) return undefined;
  const { units, places } = passage;
  if (places !== undefined && support.count === units * places) return withEarlier(support, places);
  return seenAs(support, units);
}
