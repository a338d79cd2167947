// The programs under examples/ run against the built package by its own name and say what they should.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Lines each program must print. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'gradient.mjs': ['gradcheck holds: true', 'minimum: 1.000000, 1.000000'],
  'split-loss.mjs': ['addUp: true'],
  'transformer-hessian.mjs': ['parameters: 6896', 'routes agree: true'],
  'extend.mjs': ['op: gradcheck holds: true', 'claim: holds'],
};

test('every example is expected here', () => {
  expect(readdirSync('examples').toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
});

test.each(Object.entries(EXPECTED))('%s', (name, lines) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`examples/${name}`], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  for (const line of lines) expect(stdout).toContain(line);
  expect(stdout).not.toContain('false');
});
