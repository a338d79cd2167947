// 8 processes at 200 stale locks: each is taken once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contend } from '../host/contend.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradsplit-locks-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('of 8 processes at one stale lock, one gets it, in each of 200 rounds', async () => {
  expect(await contend(directory, 8, 200)).toBe(200);
});
