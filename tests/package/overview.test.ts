// The picture at the top of the README is that of the build.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../structure/files.ts';

const PICTURE = 'docs/overview.svg';

function check(cwd: string): string {
  const args = [join(ROOT, 'scripts/overview.mjs'), '--check'];
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' }).stderr;
}

test('docs/overview.svg is up to date, and the README shows it', () => {
  expect(check(ROOT)).toBe('');
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`](${PICTURE})`);
});

test('another picture is seen', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'gradsplit-overview-'));
  try {
    mkdirSync(join(elsewhere, 'docs'));
    const changed = readFileSync(join(ROOT, PICTURE), 'utf8').replace('STOP', 'HALT');
    writeFileSync(join(elsewhere, PICTURE), changed);
    expect(check(elsewhere)).toBe(`${PICTURE} is out of date: npm run docs:overview\n`);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});
