// Columns come back to the bit, and take no more bytes than their numbers need.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, floats, integers, packColumn, packedJson } from '../../src/explorer/columns.ts';

const sameBits = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((x, k) => Object.is(x, b[k]));

/** Through JSON, as in a page. */
const passed = (values: Float64Array | Int32Array | Uint8Array) =>
  JSON.parse(JSON.stringify(packColumn(values)));

describe('a column comes back', () => {
  test('of any floats, with NaN, infinities and both zeros', () => {
    fc.assert(
      fc.property(fc.float64Array(), (values) => {
        expect(sameBits(floats(passed(values)), values)).toBe(true);
      }),
    );
    for (const x of [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 0.1, 1e300]) {
      const values = Float64Array.of(x, x, x);
      expect(sameBits(floats(passed(values)), values)).toBe(true);
    }
  });

  test('of integers', () => {
    fc.assert(
      fc.property(fc.int32Array(), (values) => {
        expect(integers(passed(values))).toEqual(values);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (values) => {
        expect(bytes(passed(values))).toEqual(values);
      }),
    );
  });

  test('longer than one call may have arguments', () => {
    const values = Float64Array.from({ length: 200_000 }, (_, k) => k / 3);
    expect(sameBits(floats(passed(values)), values)).toBe(true);
  });
});

test('the JSON of a column comes in pieces that do not grow with it', () => {
  for (const length of [0, 1, 2, 3, 4094, 4095, 4096, 100_000]) {
    for (const values of [
      Float64Array.from({ length }, (_, k) => k / 3),
      Int32Array.from({ length }, (_, k) => k - 7),
      new Uint8Array(length).fill(9),
    ]) {
      const pieces = [...packedJson(values)];
      expect(pieces.join('')).toBe(JSON.stringify(packColumn(values)));
      // 4095 numbers of 8 bytes.
      expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual((4095 * 8 * 4) / 3);
      const base64 = Buffer.from(values.buffer).toString('base64');
      if (length > 2 && values instanceof Float64Array) expect(pieces.join('')).toContain(base64);
    }
  }
});

test('the type is the narrowest that holds all numbers exactly', () => {
  expect(packColumn(Float64Array.of(0.5, Math.fround(0.1)))).toMatchObject({ type: 'f32' });
  expect(packColumn(Float64Array.of(0.5, 0.1))).toMatchObject({ type: 'f64' });
  expect(packColumn(Int32Array.of(0, 255))).toMatchObject({ type: 'u8' });
  expect(packColumn(Int32Array.of(0, 256))).toMatchObject({ type: 'u16' });
  expect(packColumn(Int32Array.of(0, -1))).toMatchObject({ type: 'i32' });
  expect(packColumn(Float64Array.of(Number.NaN, Number.NaN))).toEqual({ all: null, length: 2 });
});
