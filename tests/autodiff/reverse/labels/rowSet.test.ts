// Sets of rows: how they meet, and where ops leave them.
import { expect, test } from 'vitest';
import { rowsAfter } from '../../../../src/autodiff/reverse/labels/pullLabels.ts';
import { EVERYWHERE, RowSet } from '../../../../src/autodiff/reverse/labels/rowSet.ts';

const set = (count: number, ...rows: number[]): RowSet => new RowSet(count, Int32Array.from(rows));
const listed = ({ count, indices }: RowSet) => ({ count, rows: [...indices] });

test('the union of two, in rows that both are made of', () => {
  expect(listed(set(6, 4, 5).union(set(6, 0, 4)))).toEqual({ count: 6, rows: [0, 4, 5] });
  expect(set(6, 1).union(set(4, 2))).toBe(EVERYWHERE);
  expect(listed(set(6, 1).union(set(4, 0)))).toEqual({ count: 2, rows: [0] });
  expect(set(6, 1).union(EVERYWHERE)).toBe(EVERYWHERE);
  expect(EVERYWHERE.union(set(6, 1))).toBe(EVERYWHERE);
  expect(EVERYWHERE.union(EVERYWHERE)).toBe(EVERYWHERE);
});

test('all rows, and none', () => {
  expect(EVERYWHERE.isAll).toBe(true);
  expect([set(2, 0, 1).isAll, set(2, 0).isAll]).toEqual([true, false]);
  expect([set(2).isEmpty, set(2, 1).isEmpty]).toEqual([true, false]);
  expect(listed(set(4).coarsened(2))).toEqual({ count: 2, rows: [] });
});

test('rows that stay apart keep it, coarser where the rows of the op are longer', () => {
  expect(listed(rowsAfter(set(6, 1, 4), { kind: 'local', count: 12 }))).toEqual({ count: 6, rows: [1, 4] });
  expect(listed(rowsAfter(set(6, 1, 2), { kind: 'local', count: 3 }))).toEqual({ count: 3, rows: [0, 1] });
});

test('places reach all earlier ones of their sequence, and only these', () => {
  const passage = { kind: 'local', count: 3, places: 4 } as const;
  expect(listed(rowsAfter(set(12, 1, 2, 8), passage))).toEqual({ count: 12, rows: [0, 1, 2, 8] });
  // In longer rows nobody knows the place: the whole sequence.
  expect(listed(rowsAfter(set(6, 1), passage))).toEqual({ count: 3, rows: [0] });
});

test('where all rows are reached it is everywhere, and what is known is one object', () => {
  const own = set(6, 2, 5);
  expect(rowsAfter(own, { kind: 'local', count: 2, places: 3 })).toBe(EVERYWHERE);
  expect(rowsAfter(own, { kind: 'local', count: 6 })).toBe(own);
  expect(own.union(own)).toBe(own);
  const other = set(6, 0);
  expect(own.union(other)).toBe(own.union(other));
});

test('a sum and an op that says nothing: everywhere', () => {
  const own = set(6, 1);
  expect(rowsAfter(own, { kind: 'sum', count: 6, carriers: [0] })).toBe(EVERYWHERE);
  expect(rowsAfter(own, undefined)).toBe(EVERYWHERE);
  expect(rowsAfter(EVERYWHERE, { kind: 'local', count: 6 }).isAll).toBe(true);
});
