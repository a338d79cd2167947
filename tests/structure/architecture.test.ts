// The picture and the table of docs/architecture.md are those of the imports there are.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './files.ts';

const PICTURE = 'docs/architecture.svg';

/** What `npm run docs:architecture` complains about when it may not write. */
function complaints(cwd: string): string {
  const args = [join(ROOT, 'scripts/architecture.mjs'), '--check'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  expect(status).toBe(stderr === '' ? 0 : 1);
  return stderr;
}

test('they are up to date', () => {
  expect(complaints(ROOT)).toBe('');
});

test('the picture has a mark for every import between folders, and every floor has its name', () => {
  const picture = readFileSync(join(ROOT, PICTURE), 'utf8');
  expect(picture).toContain('<title>cli imports base</title>');
  expect(picture).toContain('<title>autodiff imports tensor</title>');
  expect(picture).not.toContain('<title>base imports');
});

test('a picture with a mark too few, and a page with a floor too few, are seen; an empty folder is no room', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'gradsplit-architecture-'));
  try {
    symlinkSync(join(ROOT, 'bench'), join(elsewhere, 'bench'));
    for (const folder of ['src', 'docs'])
      cpSync(join(ROOT, folder), join(elsewhere, folder), { recursive: true });
    mkdirSync(join(elsewhere, 'src/base/empty'));
    expect(complaints(elsewhere)).toBe('');
    for (const [path, line] of [
      [PICTURE, /<circle class="dot".*<title>cli imports base.*\n/],
      ['docs/architecture.md', /\| `src\/base` .*\n/],
    ] as const) {
      const text = readFileSync(join(elsewhere, path), 'utf8');
      expect(text).toMatch(line);
      writeFileSync(join(elsewhere, path), text.replace(line, ''));
    }
    expect(complaints(elsewhere).match(/^docs\/architecture\.\w+ is out of date/gm)).toHaveLength(2);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});
