// jsonChunks writes what JSON.parse reads back, streams rows, and turns numbers JSON cannot hold into warnings.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonChunks } from '../../src/base/json.ts';

const write = (value: unknown): string => [...jsonChunks(value)].join('');

describe('jsonChunks', () => {
  test('layout: members and texts on lines of their own, numbers of an array on one', () => {
    expect(
      write({
        a: 1,
        b: [1, 2],
        c: { d: 'x', e: [] },
        f: {},
        g: undefined,
        h: [{ i: null }, 2],
        j: ['k', 'l'],
      }),
    ).toBe(
      [
        '{',
        '  "a": 1,',
        '  "b": [1, 2],',
        '  "c": {',
        '    "d": "x",',
        '    "e": []',
        '  },',
        '  "f": {},',
        '  "h": [',
        '    {',
        '      "i": null',
        '    },',
        '    2',
        '  ],',
        '  "j": [',
        '    "k",',
        '    "l"',
        '  ]',
        '}',
        '',
      ].join('\n'),
    );
  });

  test('round trip of any JSON value, and of any finite number to the bit', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(JSON.parse(write({ value })))).toBe(JSON.stringify({ value }));
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Object.is(JSON.parse(write([x]))[0], x)).toBe(true);
      }),
      { examples: [[-0], [5e-324], [Number.MAX_VALUE], [1e21]] },
    );
  });

  test('typed arrays and lazy rows', () => {
    const rows = {
      keys: () => ['', '0,1/'],
      row: (i: number) => Float64Array.of(i, 0.1),
    };
    const scalars = { keys: () => ['a'], row: () => 7 };
    const none = { keys: () => [], row: () => 0 };
    const document = { rows, scalars, none, ints: Int32Array.of(1, 2) };
    expect(JSON.parse(write(document))).toEqual({
      rows: { '': [0, 0.1], '0,1/': [1, 0.1] },
      scalars: { a: 7 },
      none: {},
      ints: [1, 2],
    });
  });

  test('NaN and infinities become null and are named in warnings', () => {
    const document = JSON.parse(
      write({
        a: Number.NaN,
        b: { c: [1, Number.POSITIVE_INFINITY] },
        rows: { keys: () => ['0,1/'], row: () => [Number.NEGATIVE_INFINITY] },
        warnings: ['mine'],
      }),
    );
    expect(document).toEqual({
      a: null,
      b: { c: [1, null] },
      rows: { '0,1/': [null] },
      warnings: [
        'mine',
        'a is NaN, written as null',
        'b.c[1] is Infinity, written as null',
        'rows["0,1/"][0] is -Infinity, written as null',
      ],
    });
  });

  test('at most 20 warnings are named, the others counted', () => {
    const { warnings } = JSON.parse(write({ a: new Float64Array(50).fill(Number.NaN) }));
    expect(warnings).toHaveLength(21);
    expect(warnings[20]).toBe('30 more numbers are not finite, written as null');
  });

  test('no warnings member without a reason', () => {
    expect(write({ a: 1 })).not.toContain('warnings');
    expect(JSON.parse(write({ warnings: ['x'] }))).toEqual({ warnings: ['x'] });
  });

  test('a long document comes in pieces', () => {
    const rows = {
      *keys() {
        for (let i = 0; i < 20_000; i++) yield String(i);
      },
      row: (i: number) => [i, i],
    };
    const pieces = [...jsonChunks({ rows, long: new Float64Array(50_000) })];
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
    expect(Object.keys(JSON.parse(pieces.join('')).rows)).toHaveLength(20_000);
  });

  test('what has no JSON form is refused', () => {
    expect(() => write({ a: () => 1 })).toThrow(TypeError);
    expect(() => write({ a: 1n })).toThrow(TypeError);
  });
});
