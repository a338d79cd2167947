// The build where a part of its tools is missing.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../structure/files.ts';

const place = mkdtempSync(join(tmpdir(), 'gradsplit-build-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('without optional dependencies there is no compiler: one sentence says what to do, and nothing is removed', () => {
  // What `npm ci --omit=optional` installs of the compiler: the package, without the program for the platform.
  for (const path of ['scripts', 'package.json', 'node_modules/typescript']) {
    cpSync(join(ROOT, path), join(place, path), { recursive: true });
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: place,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^build: the TypeScript compiler for \S+ is not installed; it is an optional dependency, so run "npm ci" without --omit=optional\n$/,
  );
  expect(existsSync(join(place, 'dist'))).toBe(false);
});
