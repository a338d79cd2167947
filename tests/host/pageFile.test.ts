// The temporary file of columns: pages come back, and nothing is left of it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { temporaryPages } from '../../src/host/pageFile.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradsplit-pages-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = (value: number): Uint8Array => new Uint8Array(64).fill(value);

test('pages come back, in any order, also written again', () => {
  const pages = temporaryPages(folder);
  for (const place of [2, 0, 1, 2]) pages.write(place, page(10 + place));
  pages.write(1, page(99));
  const read = [0, 1, 2].map((place) => {
    const bytes = new Uint8Array(64);
    pages.read(place, bytes);
    return bytes;
  });
  expect(read).toEqual([page(10), page(99), page(12)]);
  pages.close();
});

test('nothing is made before it is needed, and nothing is left', () => {
  const pages = temporaryPages(folder);
  expect(readdirSync(folder)).toEqual([]);
  pages.write(0, page(1));
  // Where files can lose their names while they are open, not even a process that is killed leaves one.
  expect(readdirSync(folder)).toHaveLength(process.platform === 'win32' ? 1 : 0);
  pages.close();
  pages.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be written to is named', () => {
  const pages = temporaryPages(join(folder, 'missing'));
  expect(() => pages.write(0, page(1))).toThrow(InputError);
  expect(() => pages.write(0, page(1))).toThrow(/cannot write .*missing: there is no such file.*TMPDIR/);
  pages.close();
});
