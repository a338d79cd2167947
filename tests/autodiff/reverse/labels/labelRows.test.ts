// Rows of labels: found from seeds, and cut longer where labels do not meet.
import { expect, test } from 'vitest';
import { type LabelRows, rowsOfSeeds } from '../../../../src/autodiff/reverse/labels/labelRows.ts';

function rowsOf({ labels }: LabelRows): number[][] {
  return labels.map(({ rows }) => [...rows.indices]);
}

test('labels without a common element: rows alone', () => {
  const rows = rowsOfSeeds([
    [0, 2, 0, -1],
    [Number.NaN, 0, 0, 0],
    [0, -0, 0, 0],
  ]);
  expect(rows).toMatchObject({ count: 4, areDisjoint: true });
  expect(rowsOf(rows)).toEqual([[1, 3], [0], []]);
  expect(rows.labels.map(({ factors }) => factors)).toEqual([undefined, undefined, undefined]);
});

test('labels that meet: the values are factors, and equal rows are one object', () => {
  const rows = rowsOfSeeds([
    [0, 2, 0.5],
    [0, 3, -1],
    [1, 1, 0],
  ]);
  expect(rows.areDisjoint).toBe(false);
  expect(rowsOf(rows)).toEqual([
    [1, 2],
    [1, 2],
    [0, 1],
  ]);
  expect(rows.labels[0]!.rows).toBe(rows.labels[1]!.rows);
  expect(rows.labels.map(({ factors }) => [...factors!])).toEqual([
    [2, 0.5],
    [3, -1],
    [1, 1],
  ]);
  expect(rows.coarsened(3)).toBe(rows);
  expect(rows.coarsened(1)).toBeUndefined();
});

test('longer rows, as long as no two labels meet in one', () => {
  const rows = rowsOfSeeds([
    [1, 1, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 0, 1, 0, 0],
  ]);
  expect(rowsOf(rows.coarsened(4)!)).toEqual([[0], [1, 2]]);
  expect(rows.coarsened(2)).toBeUndefined();
  expect(rows.coarsened(1)).toBeUndefined();
});

test('made once, and the same rows whichever way they were reached', () => {
  const rows = rowsOfSeeds([
    [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
  ]);
  const six = rows.coarsened(6)!;
  expect(rows.coarsened(6)).toBe(six);
  expect(six.coarsened(2)).toEqual(rows.coarsened(2));
  expect(rowsOf(six.coarsened(2)!)).toEqual([[0], [1]]);
});

test('a label that has every row, beside one that has none', () => {
  const rows = rowsOfSeeds([
    [1, 2, 3, 4],
    [0, 0, 0, 0],
  ]);
  expect(rows.areDisjoint).toBe(true);
  expect(rows.coarsened(2)!.labels.map(({ rows: set }) => [set.isAll, set.isEmpty])).toEqual([
    [true, false],
    [false, true],
  ]);
});
