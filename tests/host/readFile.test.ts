// Input files: what is no text is said in one sentence.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { readText } from '../../src/host/readFile.ts';
import { readPolicy } from '../../src/host/readPolicy.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradsplit-read-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};

test('text is read, empty text too', () => {
  expect(readText(file('a', 'ü→𝄞\n'))).toBe('ü→𝄞\n');
  expect(readText(file('empty', ''))).toBe('');
});

test('text longer than one block', () => {
  const long = `${'x'.repeat(1 << 24)}é${'y'.repeat(1000)}`;
  expect(readText(file('long', long))).toBe(long);
});

test.each([
  ['a zero byte', Uint8Array.of(123, 0, 125), /found binary data \(byte 1 is 0\)$/],
  ['other than UTF-8', Uint8Array.of(123, 255, 125), /expected text in UTF-8, found other bytes$/],
  ['UTF-16', Uint8Array.of(255, 254, 123, 0), /found binary data/],
  ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13), /found binary data/],
])('%s', (name, bytes, message) => {
  const path = file(name, bytes);
  expect(() => readText(path)).toThrow(InputError);
  expect(() => readText(path)).toThrow(message);
});

test('a directory, a file that is not there', () => {
  expect(() => readText(directory)).toThrow(`cannot read ${directory}: it is a directory, not a file`);
  expect(() => readText(join(directory, 'no'))).toThrow('there is no such file or directory');
  expect(() => readText('')).toThrow('cannot read : there is no such file or directory');
});

test('a file without end is refused, not read for ever', () => {
  expect(() => readText('/dev/zero')).toThrow('MB of text, found more');
});

test('control characters of a file name do not reach the terminal', () => {
  expect(() => readText('a\n\u001b[31mb')).toThrow('cannot read a\\u000a\\u001b[31mb:');
  expect(() => readPolicy(file('bad\nname', '{}'))).toThrow(/bad\\u000aname: format is missing/);
});

test('a pipe is read to its end', () => {
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  execFileSync('sh', ['-c', `(printf '%s' hello > ${pipe}) &`], { stdio: 'ignore' });
  expect(readText(pipe)).toBe('hello');
});
