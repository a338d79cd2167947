// Lines of JSON with Python's words for numbers, and keys given twice.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { parseJsonLine } from '../../src/base/jsonLine.ts';
import { hasKeyTwice } from '../../src/base/jsonMembers.ts';

const parse = (text: string): unknown => parseJsonLine(text, 'x: line 3');

describe('words of Python', () => {
  test('they are numbers wherever a number may be', () => {
    expect(parse('NaN')).toBeNaN();
    expect(parse('[NaN, Infinity,-Infinity , null]')).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      null,
    ]);
    expect(parse('{"a":{"b":[{"c":NaN}]},"__proto__":NaN}')).toEqual(
      Object.fromEntries([
        ['a', { b: [{ c: Number.NaN }] }],
        ['__proto__', Number.NaN],
      ]),
    );
  });

  test('in a string they are text', () => {
    expect(parse('["NaN", "a\\"NaN", "\\\\", NaN, "-Infinity"]')).toEqual([
      'NaN',
      'a"NaN',
      '\\',
      Number.NaN,
      '-Infinity',
    ]);
    expect(parse('{"NaN": NaN}')).toEqual({ NaN: Number.NaN });
  });

  test.each([
    '[NaN1]',
    '[1NaN]',
    '[1Infinity]',
    '[--Infinity]',
    '[+Infinity]',
    '[nan]',
    '{NaN: 1}',
    '[NaN NaN]',
    '"NaN',
    '[-NaN]',
    'NaN"',
    '["NaN]',
    '[Infinity1]',
    '[1.Infinity]',
  ])('%s is no JSON', (text) => {
    expect(() => parse(text)).toThrow(/^x: line 3: not valid JSON at column \d+: /);
  });

  test('a text that looks like the mark inside is no NaN', () => {
    expect(parse('["\\u0000NaN"]')).toEqual(['\0NaN']);
    expect(() => parse('["\\u0000NaN", NaN]')).toThrow(InputError);
  });

  test('twenty thousand of them, and as many brackets', () => {
    const many = new Array<string>(20_000).fill('NaN');
    expect((parse(`[${many.join(',')}]`) as number[]).every(Number.isNaN)).toBe(true);
    expect(() => parse(`${'['.repeat(20_000)}NaN${']'.repeat(20_000)}`)).not.toThrow();
    expect(() => parse(`${'['.repeat(20_000)}NaN`)).toThrow(InputError);
  });

  test('any value with any of the words in it', () => {
    const word = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        word,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    }));
    const write = (x: unknown): string => {
      if (typeof x === 'number') return Number.isFinite(x) ? JSON.stringify(x) : String(x);
      if (Array.isArray(x)) return `[${x.map(write).join(', ')}]`;
      if (typeof x !== 'object' || x === null) return JSON.stringify(x);
      return `{${Object.entries(x)
        .map(([k, v]) => `${JSON.stringify(k)}: ${write(v)}`)
        .join(', ')}}`;
    };
    // −0 is written as 0.
    const zero = (x: unknown): unknown =>
      JSON.parse(JSON.stringify(x, (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? `w${v}` : v)));
    fc.assert(
      fc.property(value, (x) => {
        expect(zero(parse(write(x)))).toEqual(zero(x));
      }),
      { numRuns: 500 },
    );
  });
});

describe('keys given twice', () => {
  test.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"a":{"b":1,"b":2}}', 'a.b'],
    ['[{"a":1},{"x":[1,{"b":":","b":2}]}]', '[1].x[1].b'],
    ['{"a":[1,{"b":1,"b":2}]}', 'a[1].b'],
    ['{"a":[null,{"b":1,"b":2}],"c":"\\":"}', 'a[1].b'],
    ['{"\\u0061":1,"a":2}', 'a'],
    ['{"a":NaN,"a":NaN}', 'a'],
    ['{"__proto__":1,"__proto__":2}', '["__proto__"]'],
  ])('%s', (text, path) => {
    const named = path === '["__proto__"]' ? '__proto__' : path;
    expect(() => parse(text)).toThrow(`x: line 3: ${named} is given twice`);
  });

  test.each(['{"a":"b\\":","c":1}', '[":",":"]', '{"a":":","b":{"a":1}}', '{"a" : 1, "b"\t: "\\\\"}'])(
    '%s has none',
    (text) => expect(parse(text)).toEqual(JSON.parse(text)),
  );

  test('the bounds agree with the count, on any text', () => {
    const key = fc.constantFrom('a', 'b', '":', '\\', ':');
    const { value } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
      value: fc.oneof(fc.constantFrom('1', 'null', '":"', '"a\\":"', '"\\\\"'), tie('object'), tie('list')),
      object: fc
        .array(fc.tuple(key, tie('value')), { maxLength: 3 })
        .map((members) => `{${members.map(([k, v]) => `${JSON.stringify(k)} :${v}`).join(',')}}`),
      list: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    }));
    const isTwice = (text: string): boolean => {
      let found = false;
      // What is written, object by object: an independent walk over the same text.
      const walk = (at: number): number => {
        if (text[at] === '{') {
          const keys = new Set<string>();
          at++;
          while (text[at] !== '}') {
            const end = stringEnd(at);
            const name: string = JSON.parse(text.slice(at, end));
            found ||= keys.has(name);
            keys.add(name);
            at = walk(end + 2);
            if (text[at] === ',') at++;
          }
          return at + 1;
        }
        if (text[at] === '[') {
          at++;
          while (text[at] !== ']') {
            at = walk(at);
            if (text[at] === ',') at++;
          }
          return at + 1;
        }
        if (text[at] === '"') return stringEnd(at);
        while (at < text.length && !',]}'.includes(text[at]!)) at++;
        return at;
      };
      const stringEnd = (at: number): number => {
        at++;
        while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
        return at + 1;
      };
      walk(0);
      return found;
    };
    fc.assert(
      fc.property(value, (text) => hasKeyTwice(text, JSON.parse(text)) === isTwice(text)),
      { numRuns: 3000 },
    );
  });
});
