// Bytes to trajectories: however they are divided, whatever they are, each fault with its line.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { readRollouts, rolloutFormats } from '../../../src/rollouts/index.ts';
import { LineSplitter } from '../../../src/rollouts/read/lines.ts';
import { complaint, readBytes, readText } from '../reading.ts';
import { nemoRlText } from '../upstream/nemoRl.ts';
import { rolloutsText } from '../upstream/rollouts.ts';
import { truth } from '../upstream/truth.ts';
import { unipoText } from '../upstream/unipo.ts';
import { verlText } from '../upstream/verl.ts';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const LINE = '{"ids":[1]}';

describe('division into lines', () => {
  test('pieces of any size give the same trajectories', () => {
    for (const text of [rolloutsText(truth(1)), verlText(truth(1)), unipoText(truth(1))]) {
      const whole = readText(text).trajectories;
      for (const size of [1, 2, 3, 7, 64, 1000]) {
        expect(readBytes(bytes(text), {}, size).trajectories).toEqual(whole);
      }
    }
  });

  test('a byte order mark, carriage returns, blank lines, no line feed at the end', () => {
    const text = `\ufeff${LINE}\r\n\r\n  \n\t${LINE}\n${LINE}`;
    const { trajectories, report } = readText(text);
    expect(trajectories.map(({ place }) => place.line)).toEqual([1, 4, 5]);
    expect(report.lines).toBe(3);
    expect(complaint(`${LINE}\n\ufeff${LINE}`)).toContain('line 2: not valid JSON at column 1');
  });

  test('a line of a million tokens', () => {
    const length = 1_000_000;
    const ids = `[${new Array<string>(length).fill('17').join(',')}]`;
    const { trajectories } = readBytes(bytes(`${LINE}\n{"ids":${ids}}\n${LINE}\n`), {}, 1 << 16);
    expect(trajectories.map((t) => t.length)).toEqual([1, length, 1]);
    expect(trajectories[1]!.ids!.at(-1)).toBe(17);
  });

  test('a line that is too long is refused before it is put together', () => {
    const splitter = new LineSplitter('x', 2_000_000);
    const block = new Uint8Array(500_000).fill(32);
    const push = (): number => [...splitter.push(block)].length;
    for (let i = 0; i < 4; i++) expect(push()).toBe(0);
    expect(push).toThrow('x: line 1: expected at most 2 MB, found a longer line');
  });

  test('a piece may be used again', () => {
    // The slice of a Buffer is no copy.
    for (const piece of [bytes('ab'), Buffer.from('ab')]) {
      const splitter = new LineSplitter('x');
      expect([...splitter.push(piece)]).toEqual([]);
      piece.fill(0);
      expect([...splitter.push(bytes('c\n'))]).toEqual([bytes('abc')]);
    }
  });
});

describe('what is no text', () => {
  test('other bytes than UTF-8', () => {
    expect(complaint(Uint8Array.of(...bytes(`${LINE}\n{"group":"`), 0xff, ...bytes('","ids":[1]}')))).toBe(
      'test.jsonl: line 2: expected text in UTF-8, found other bytes',
    );
    expect(complaint(Uint8Array.of(...bytes('{"group":"'), 0xed, 0xa0, 0x80, ...bytes('"}')))).toContain(
      'UTF-8',
    );
  });

  test('zero bytes', () => {
    expect(complaint('{"ids":[1]}\n\0\0\0')).toBe(
      'test.jsonl: line 2: expected text, found binary data (byte 0 is 0)',
    );
    expect(complaint('{"ids":[1],"group":"a\0"}')).toContain(
      'line 1: expected text, found binary data (byte 21 is 0)',
    );
  });

  test('nothing', () => {
    expect(complaint('')).toBe('test.jsonl: expected rollouts, found nothing');
    expect(complaint('\n \n')).toBe('test.jsonl: expected rollouts, found nothing');
  });
});

describe('formats', () => {
  test('none fits: the fields and the formats are listed', () => {
    const message = complaint('{"a":1,"b\\u001b[31m":2}\n');
    expect(message).toContain(
      'line 1: expected rollouts of a known format, found the fields a, b\\u001b[31m;',
    );
    for (const { name } of rolloutFormats) expect(message).toContain(name);
    expect(complaint('{}')).toContain('found no fields');
  });

  test('several fit: the user has to say which', () => {
    const both = '{"input":"a","output":"b","score":1,"ids":[1]}';
    expect(complaint(both)).toContain(
      'expected rollouts of one format, found the fields input, output, score, ids, as in rollouts@1, verl',
    );
    expect(complaint(both, { format: 'verl' })).toBe('');
  });

  test('a name that is unknown', () => {
    expect(() => readText(LINE, { format: 'ver' })).toThrow(
      'unknown format "ver" (did you mean "verl"?); the formats are rollouts@1, verl,',
    );
  });

  test('one file has one format', () => {
    expect(complaint(`${verlText(truth(1))}${nemoRlText(truth(1))}`)).toMatch(
      /^test\.jsonl: line 13: expected rollouts as verl has them, found the fields content, .*, as in nemo-rl$/,
    );
  });

  test('no format recognises the records of another', () => {
    const shapes = [rolloutsText, verlText, nemoRlText, unipoText];
    for (const shape of shapes) expect(complaint(shape(truth(1)))).toBe('');
  });

  test('a format of one’s own', () => {
    const own = {
      name: 'own',
      title: 'own',
      writtenBy: 'me',
      lacks: [],
      recognises: (record: object) => 'mine' in record,
      read: () => [],
    };
    expect(() => readText('{"mine":1}', { formats: [own] })).toThrow('expected rollouts, found none');
    expect(readText(LINE, { formats: [...rolloutFormats, own] }).trajectories).toHaveLength(1);
  });
});

describe('lines that are left out', () => {
  const text = `${LINE}\n{"ids":[1}\n{"ids":["x"]}\n${LINE}\n{"input":"a","output":"b","score":1}\n5\n`;

  test('are counted, and the first are named', () => {
    const { trajectories, report } = readText(text, { skipBad: true });
    expect(trajectories.map(({ place }) => place.line)).toEqual([1, 4]);
    expect([report.lines, report.skipped]).toEqual([6, 4]);
    expect(report.firstSkipped.map(({ place }) => place.line)).toEqual([2, 3, 5, 6]);
    expect(report.firstSkipped[1]!.message).toBe(
      'test.jsonl: line 3: ids[0]: expected a token id, found "x"',
    );
  });

  test('without the option the first of them ends it', () => {
    expect(complaint(text)).toContain('test.jsonl: line 2: not valid JSON at column 10');
  });

  test('the first line too; but not all', () => {
    expect(readText(`x\n${LINE}`, { skipBad: true }).report.skipped).toBe(1);
    expect(complaint('x\ny\n', { skipBad: true })).toBe(
      'test.jsonl: none of its 2 lines can be read; the first: test.jsonl: line 1: not valid JSON at column 1: expected a value, found "x"',
    );
  });

  test('a first line that was cut is not the beginning of a document, unless the next is indented', () => {
    for (const cut of ['{"ids":[1],', '{"ids":[', '{']) {
      expect(complaint(`${cut}\n${LINE}\n`)).toContain('test.jsonl: line 1: not valid JSON at column');
      expect(complaint(`${cut}\n`)).toContain('test.jsonl: line 1: not valid JSON at column');
      const { trajectories, report } = readText(`${cut}\n${LINE}\n`, { skipBad: true });
      expect([trajectories.length, report.skipped]).toEqual([1, 1]);
    }
    expect(readText('{\n  "ids":\n  [1]\n}\n').trajectories).toHaveLength(1);
  });

  test('a first line that is no text', () => {
    const bad = Uint8Array.of(0xff, 10, ...bytes(LINE));
    expect(readBytes(bad, { skipBad: true }).report.skipped).toBe(1);
  });

  test('a defect of ours is not left out', () => {
    const broken = {
      ...rolloutFormats[0]!,
      read: () => {
        throw new TypeError('defect');
      },
    };
    expect(() => readText(LINE, { formats: [broken], skipBad: true })).toThrow(TypeError);
  });
});

describe('waiting for bytes', () => {
  test('readRollouts goes through once', async () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield bytes(`${LINE}\n{"id`);
      yield bytes('s":[2,3]}\n');
    }
    const read = readRollouts(pieces(), { source: 'a' });
    const lengths: number[] = [];
    for await (const { length, place } of read) lengths.push(length, place.line);
    expect(lengths).toEqual([1, 1, 2, 2]);
    expect(read.report.format?.name).toBe('rollouts@1');
  });

  test('an error comes where its line is', async () => {
    const read = readRollouts([bytes(`${LINE}\nx\n`)], { source: 'a' });
    const seen: number[] = [];
    const all = async (): Promise<void> => {
      for await (const { place } of read) seen.push(place.line);
    };
    await expect(all()).rejects.toThrow(InputError);
    expect(seen).toEqual([1]);
  });
});
