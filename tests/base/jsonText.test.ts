// parseJson says where text is wrong and otherwise gives what JSON.parse gives; keys given twice are seen.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { parseJson } from '../../src/base/jsonText.ts';

/** The message of the InputError that reading the text ends with. */
function messageOf(text: string): string {
  try {
    parseJson(text, 'a.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${text.slice(0, 100)}`);
}

describe('wrong text', () => {
  test.each([
    ['', 'line 1, column 1: expected a value, found the end of the text'],
    ['{"a":}', 'line 1, column 6: expected a value, found "}"'],
    ['{"a":1', 'line 1, column 7: expected "," or "}", found the end of the text'],
    ['{\n "a": NaN}', 'line 2, column 7: expected a value, found "NaN"'],
    ['{"a": -Infinity}', 'line 1, column 8: expected a digit, found "Infinity"'],
    ['{"a":1,}', 'line 1, column 8: expected a key in double quotes, found "}"'],
    ["{'a':1}", 'line 1, column 2: expected a key in double quotes, found "\'"'],
    ['[1,2', 'line 1, column 5: expected "," or "]"'],
    ['{"a" 1}', 'line 1, column 6: expected ":" after the key, found "1"'],
    ['{"a":1}x', 'line 1, column 8: expected nothing more after the document, found "x"'],
    ['01', 'line 1, column 2: expected nothing more after the document, found "1"'],
    ['1.', 'line 1, column 3: expected a digit'],
    ['1e+', 'line 1, column 4: expected a digit'],
    ['"a\nb"', 'line 1, column 3: expected no control character'],
    ['"\\x"', 'line 1, column 2: expected a valid escape'],
    ['"a', 'line 1, column 3: expected the closing quote'],
    ['nul', 'line 1, column 1: expected a value, found "nul"'],
    ['\u0000\u001b[31m', 'found "\\u0000"'],
  ])('%j', (text, message) => {
    expect(messageOf(text)).toContain(message);
    expect(messageOf(text)).toMatch(/^a\.json: not valid JSON at line \d+, column \d+: [^\n]+$/);
  });

  test('200 000 nested brackets, closed or not', () => {
    expect(messageOf('['.repeat(200_000))).toContain('column 200001: expected a value');
    expect(messageOf('{"a":'.repeat(200_000))).toContain('column 1000001: expected a value');
    expect(parseJson(`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'a')).toHaveLength(1);
  });

  test('agrees with JSON.parse about what is JSON, on mutated text', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      'u0041',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'null',
      ' ',
    ];
    const text = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
      fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...pieces)).map(([json, at, piece]) => {
        const i = at % (json.length + 1);
        return json.slice(0, i) + piece + json.slice(i + 1);
      }),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        let valid: unknown;
        try {
          valid = JSON.parse(candidate);
        } catch {
          expect(messageOf(candidate)).toMatch(/not valid JSON|is given twice/);
          return;
        }
        expect(parseJson(candidate, 'a.json')).toEqual(valid);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('keys given twice', () => {
  test.each([
    ['{"a":1,"b":2,"a":3}', 'a'],
    ['{"a":{"0,1/":1, "0,1/" : 2}}', 'a["0,1/"]'],
    ['[0,{"a":[{"b":1},{"c":1,"c":1}]}]', '[1].a[1].c'],
    ['{"\\u0061":1,"a":2}', 'a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"\\"":1,"\\"":2}', '["\\""]'],
    [`{"a":${'{"b":'.repeat(9)}1,"b":2${'}'.repeat(10)}`, 'a.b.b.b.b.b.b.b'],
    ['\ufeff{"a":1,"a":2}', 'a'],
  ])('%s', (text, path) => {
    expect(() => parseJson(text, 'a.json')).toThrow(new InputError(`a.json: ${path} is given twice`));
  });

  test('strings that look like members are none', () => {
    const text = '{"a":"\\\\","b":"\\":","c":["x",":"],"d":"{\\"a\\":1,\\"a\\":2}"}';
    expect(parseJson(text, 'a')).toEqual(JSON.parse(text));
    expect(() => parseJson(text.replace('"b"', '"a"'), 'a')).toThrow('a is given twice');
  });

  test('no value that JSON.stringify writes has a key twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(parseJson(text, 'a')).toEqual(JSON.parse(text));
      }),
    );
  });

  test('no nesting overflows the stack', () => {
    const deep = (inner: string): string => `${'['.repeat(5000)}${inner}${']'.repeat(5000)}`;
    expect(() => parseJson(deep('{"a":1,"a":2}'), 'x')).toThrow('is given twice');
  });
});

test('a byte order mark is skipped', () => {
  expect(parseJson('\ufeff{"a": 1}', 'a')).toEqual({ a: 1 });
});
