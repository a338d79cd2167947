// Columns, lists and orders are those of arrays, whether their pages are in memory or in a file.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteColumn, Column, IntegerColumn, sumOf } from '../../../src/audit/columns/column.ts';
import { Lists, listsBy, sizesOf } from '../../../src/audit/columns/lists.ts';
import { ordered, placed, sorted } from '../../../src/audit/columns/order.ts';
import { PAGE_BYTES, PageMemory } from '../../../src/audit/columns/pageMemory.ts';
import { randomStream } from '../../../src/base/random.ts';
import { pagesInMemory } from './pagesInMemory.ts';

/** The least that a memory may be given, in bytes and in pages. */
const [LEAST, LEAST_PAGES] = [0, 64];
/** More numbers than that memory holds. */
const MANY = Math.ceil((1.1 * LEAST_PAGES * PAGE_BYTES) / 8);

const small = (): PageMemory => new PageMemory(pagesInMemory(), LEAST);

describe('a column has the numbers that were added', () => {
  test('in memory, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(Number.NaN), fc.constant(-0), fc.double())), (values) => {
        const column = new Column();
        for (const x of values) column.push(x);
        expect([...column]).toEqual(values);
        expect([...column.values()]).toEqual(values);
        expect([...column.map((x, i) => x + i)]).toEqual(values.map((x, i) => x + i));
        expect([...column.where((x) => x > 0)]).toEqual([...values.keys()].filter((i) => values[i]! > 0));
        expect(column.some(Number.isNaN)).toBe(values.some(Number.isNaN));
        expect(sumOf(column)).toBe(values.reduce((sum, x) => sum + x, 0));
      }),
    );
  });

  test('and with a file, in order, at random places and changed, in no more pages than allowed', () => {
    const memory = small();
    const random = randomStream(1, 'columns');
    const [numbers, integers, bytes] = [
      new Column(memory),
      new IntegerColumn(memory),
      new ByteColumn(memory),
    ];
    const expected = Float64Array.from({ length: MANY }, () => random.uniform());
    for (const [i, x] of expected.entries()) {
      numbers.push(x);
      integers.push(i);
      bytes.push(i & 0xff);
    }
    for (let k = 0; k < 1000; k++) {
      const i = random.integer(MANY);
      expected[i] = k;
      numbers.set(i, k);
    }
    for (let k = 0; k < 1000; k++) {
      const i = random.integer(MANY);
      expect([numbers.at(i), integers.at(i), bytes.at(i)]).toEqual([expected[i], i, i & 0xff]);
    }
    expect(expected.every((x, i) => numbers.at(i) === x)).toBe(true);
    expect(memory.mostHeld).toBe(LEAST_PAGES);
    expect(memory.written).toBeGreaterThan(LEAST_PAGES);
  });

  test('a column of one number takes no page', () => {
    const memory = small();
    const column = Column.filled(MANY, 7, memory);
    column.set(3, 7);
    expect([column.at(MANY - 1), memory.held]).toEqual([7, 0]);
    column.set(3, 8);
    expect([column.at(2), column.at(3), column.at(4)]).toEqual([7, 8, 7]);
    expect(memory.held).toBeGreaterThan(0);
  });
});

test('a scope lets go of what was made in it, and its places in the file are used again', () => {
  const file = pagesInMemory();
  const memory = new PageMemory(file, LEAST);
  const kept = new Column(memory);
  const fill = (column: Column): Column => {
    for (let i = 0; i < MANY; i++) column.push(i);
    return column;
  };
  fill(kept);
  let made: Column | undefined;
  const sum = memory.scope(() => {
    made = memory.outside(() => fill(new Column(memory)));
    return sumOf(fill(new Column(memory)));
  });
  const places = file.pages.size;
  for (let k = 0; k < 2; k++) memory.scope(() => fill(new Column(memory)));
  expect(sum).toBe((MANY * (MANY - 1)) / 2);
  expect(sumOf(kept)).toBe(sum);
  expect(sumOf(made!)).toBe(sum);
  expect(file.pages.size).toBeLessThanOrEqual(places + LEAST_PAGES);
});

test('lists are the members of each number, and what is made of them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 6 })), (of) => {
      const column = new IntegerColumn();
      for (const g of of) column.push(g);
      const lists = listsBy(column);
      const expected = Array.from({ length: Math.max(-1, ...of) + 1 }, (_, g) =>
        [...of.keys()].filter((i) => of[i] === g),
      );
      expect([...lists]).toEqual(expected);
      expect([...sizesOf(column)]).toEqual(expected.map(({ length }) => length));
      expect([...lists.members]).toEqual(expected.flat());
      const isEven = (i: number): boolean => i % 2 === 0;
      expect([...lists.narrowed(isEven, 2)]).toEqual(
        expected.map((list) => list.filter(isEven)).filter(({ length }) => length >= 2),
      );
      const isLong = (list: readonly number[]): boolean => list.length > 2;
      expect([...lists.filter(isLong)]).toEqual(expected.filter(isLong));
      expect([lists.some(isLong), lists.every(isLong)]).toEqual([
        expected.some(isLong),
        expected.every(isLong),
      ]);
      expect([...lists.numbers((list, k) => k + list.length)]).toEqual(
        expected.map((list, k) => k + list.length),
      );
      expect([...lists.map(({ length }) => length)]).toEqual(expected.map(({ length }) => length));
    }),
  );
  const lists = new Lists();
  lists.push([3, 1]);
  lists.push([]);
  expect([lists.at(0), lists.at(1), lists.sizeOf(1)]).toEqual([[3, 1], [], 0]);
});

test('the order of more numbers than are sorted at once is that of a stable sort', () => {
  const pages = pagesInMemory();
  const memory = new PageMemory(pages, LEAST_PAGES * PAGE_BYTES);
  const random = randomStream(2, 'order');
  // Five runs of at most 2^16, with many equal numbers; each column has more pages than may be in memory.
  const values = Float64Array.from({ length: 2 ** 18 + 17 }, () => random.integer(1000) - 500);
  const column = new Column(memory);
  for (const x of values) column.push(x);
  const expected = Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const { order, values: ascending } = ordered(column, memory);
  expect(order.length).toBe(values.length);
  expect(expected.every((i, k) => order.at(k) === i)).toBe(true);
  expect(expected.every((i, k) => ascending.at(k) === values[i])).toBe(true);
  const back = placed(ascending, order, memory);
  expect(values.every((x, i) => back.at(i) === x)).toBe(true);
  expect(memory.mostHeld).toBe(LEAST_PAGES);
  // Seven columns are gone through to sort and to put back, and three to look: a page is not read again for each of its numbers.
  expect(pages.reads).toBeGreaterThan(0);
  expect(pages.reads).toBeLessThan(10 * Math.ceil((8 * values.length) / PAGE_BYTES));
  expect([...ordered(new Column()).order]).toEqual([]);
  const few = new Column();
  for (const x of [3, -1, 2, -1]) few.push(x);
  expect([...sorted(few)]).toEqual([-1, -1, 2, 3]);
});
