// Folders: those above are made too, and where none can be made one sentence says so, in every file system.
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../src/host/makeFolder.ts';

const place = mkdtempSync(join(tmpdir(), 'gradsplit-folder-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('a folder is made with those above it, and may be there', () => {
  const path = join(place, 'a/b/c');
  makeFolder(path);
  makeFolder(path);
  expect(existsSync(path)).toBe(true);
});

test('what is in the way is named', () => {
  writeFileSync(join(place, 'file'), '');
  expect(() => makeFolder(join(place, 'file'))).toThrow(/file: expected a folder, found something else/);
  expect(() => makeFolder(join(place, 'file/a'))).toThrow(/file: expected a folder, found something else/);
  symlinkSync(join(place, 'nothing'), join(place, 'link'));
  expect(() => makeFolder(join(place, 'link/a'))).toThrow(/link: expected a folder, found something else/);
});

test.runIf(existsSync('/proc/self'))('a file system that takes no folders is no endless loop', () => {
  expect(() => makeFolder('/proc/x/y')).toThrow('/proc/x: folders cannot be made there');
});
