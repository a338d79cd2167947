// Where cotangents may differ from zero: how supports meet, and what ops make of them.
import { expect, test } from 'vitest';
import { Support, supportAfter, union } from '../../../src/autodiff/reverse/support.ts';

const support = (count: number, ...rows: number[]): Support => new Support(count, Int32Array.from(rows));
const listed = (found: Support | undefined) => found && { count: found.count, rows: [...found.rows] };

test('the union of two, in chunks that both are made of', () => {
  expect(listed(union(support(6, 4, 5), support(6, 0, 4)))).toEqual({ count: 6, rows: [0, 4, 5] });
  expect(union(support(6, 1), support(4, 2))).toBeUndefined();
  expect(listed(union(support(6, 1), support(4, 0)))).toEqual({ count: 2, rows: [0] });
  expect(union(support(6, 1), undefined)).toBeUndefined();
  expect(union(undefined, undefined)).toBeUndefined();
});

test('rows that stay apart keep it, coarser where the units are longer', () => {
  expect(listed(supportAfter(support(6, 1, 4), { kind: 'local', units: 12 }))).toEqual({
    count: 6,
    rows: [1, 4],
  });
  expect(listed(supportAfter(support(6, 1, 2), { kind: 'local', units: 3 }))).toEqual({
    count: 3,
    rows: [0, 1],
  });
});

test('places reach all earlier ones of their unit, and only these', () => {
  const passage = { kind: 'local', units: 3, places: 4 } as const;
  expect(listed(supportAfter(support(12, 1, 2, 8), passage))).toEqual({ count: 12, rows: [0, 1, 2, 8] });
  // In longer chunks nobody knows the place: the whole unit.
  expect(listed(supportAfter(support(6, 1), passage))).toEqual({ count: 3, rows: [0] });
});

test('where all rows are reached nothing is known, and what is known is one object', () => {
  const own = support(6, 2, 5);
  expect(supportAfter(own, { kind: 'local', units: 2, places: 3 })).toBeUndefined();
  expect(supportAfter(own, { kind: 'local', units: 6 })).toBe(own);
  expect(union(own, own)).toBe(own);
  const other = support(6, 0);
  expect(union(own, other)).toBe(union(own, other));
});

test('a sum, an op that says nothing, and an empty one: anywhere', () => {
  const own = support(6, 1);
  expect(supportAfter(own, { kind: 'sum', units: 6, carriers: [0] })).toBeUndefined();
  expect(supportAfter(own, undefined)).toBeUndefined();
  expect(supportAfter(own, { kind: 'local', units: 0 })).toBeUndefined();
  expect(supportAfter(undefined, { kind: 'local', units: 6 })).toBeUndefined();
});
