// One process at a time in a folder: a stale lock has one successor, and what is no lock is refused without waiting.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { inLockedFolder } from '../../src/host/folderLock.ts';
import { contend } from './contend.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradsplit-lock-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let folders = 0;
function folder(): string {
  const path = join(directory, String(folders++));
  mkdirSync(path);
  return path;
}

/** The number of a process that has ended. */
const ended = spawnSync('true').pid;

const held = (path: string): Promise<string> =>
  inLockedFolder(path, async () => readFileSync(join(path, 'lock'), 'utf8'));

test('a folder is made, locked while the body runs, and free afterwards', async () => {
  const path = join(directory, 'new', 'folder');
  expect(await held(path)).toMatch(new RegExp(`^${process.pid} \\S+ \\S+ [\\w-]+\\n$`));
  expect(readdirSync(path)).toEqual([]);
  await expect(inLockedFolder(path, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  expect(readdirSync(path)).toEqual([]);
});

test('a second one is refused, also of the same process', async () => {
  const path = folder();
  await inLockedFolder(path, async () => {
    await expect(held(path)).rejects.toThrow(
      `process ${process.pid} is training there; if it is not, remove`,
    );
  });
  expect(await held(path)).not.toBe('');
});

test.each([
  ['of a process that has ended', `${ended} ${hostname()} 1 a-1\n`],
  ['of version 0.2.0', String(ended)],
  ['of another process that had the same number', `${process.pid} ${hostname()} 1 a-1\n`],
  ['that lost its text with the power', ''],
])('a lock %s is taken', async (_, text) => {
  const path = folder();
  writeFileSync(join(path, 'lock'), text);
  expect(await held(path)).toContain(`${process.pid} `);
  expect(readdirSync(path)).toEqual([]);
});

test('so is one whose successor ended while it took over', async () => {
  const path = folder();
  writeFileSync(join(path, 'lock'), `${ended} ${hostname()} 1 a-1\n`);
  // What the first step of taking it over leaves: a lock named after the text of the other.
  const names: string[] = [];
  await expect(inLockedFolder(path, async () => names.push(...readdirSync(path)))).resolves.toBe(1);
  expect(names).toEqual(['lock']);
  const { createHash } = await import('node:crypto');
  const text = `${ended} ${hostname()} 1 a-2\n`;
  writeFileSync(join(path, 'lock'), text);
  const second = `lock.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  writeFileSync(join(path, second), `${ended} ${hostname()} 1 a-3\n`);
  expect(await held(path)).toContain(`${process.pid} `);
  expect(readdirSync(path)).toEqual([]);
  // While a process that is at work takes over, there is nothing to be had.
  writeFileSync(join(path, 'lock'), text);
  writeFileSync(join(path, second), String(process.pid));
  await expect(held(path)).rejects.toThrow(`process ${process.pid} is training there`);
});

test('of a process on another machine nothing is known', async () => {
  const path = folder();
  writeFileSync(join(path, 'lock'), `${ended} elsewhere 1 a-1\n`);
  await expect(held(path)).rejects.toThrow(`process ${ended} on elsewhere is training there`);
});

describe('what is no lock is refused at once', () => {
  test.each<[string, (path: string) => unknown, string]>([
    ['a directory', mkdirSync, 'found a directory'],
    ['a pipe', (path) => spawnSync('mkfifo', [path]), 'found a pipe'],
    ['a link to nothing', (path) => symlinkSync('nowhere', path), 'found a link'],
    ['a link to a device', (path) => symlinkSync('/dev/zero', path), 'found a link'],
    ['text of someone else', (path) => writeFileSync(path, 'mine\n'), 'found other content'],
    [
      'five gigabytes',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 5e9);
      },
      'found other content',
    ],
  ])('%s', async (_, make, message) => {
    const path = folder();
    make(join(path, 'lock'));
    await expect(held(path)).rejects.toThrow(message);
    await expect(held(path)).rejects.toThrow('remove it if no process works there');
    expect(readdirSync(path)).toEqual(['lock']);
  });

  test('a socket', async () => {
    const path = folder();
    const server = createServer().listen(join(path, 'lock'));
    await once(server, 'listening');
    await expect(held(path)).rejects.toThrow('found a socket');
    server.close();
  });
});

test('of 8 processes at one stale lock, one gets it, in each of 25 rounds', async () => {
  expect(await contend(directory, 8, 25)).toBe(25);
});

test('a killed process leaves a lock that the next one takes', async () => {
  const path = folder();
  const module = fileURLToPath(new URL('../../build/modules/src/host/folderLock.js', import.meta.url));
  const program = `
    import { inLockedFolder } from ${JSON.stringify(module)};
    await inLockedFolder(${JSON.stringify(path)}, () => { console.log('inside'); return new Promise((done) => setTimeout(done, 1e8)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  await once(child.stdout, 'data');
  await expect(held(path)).rejects.toThrow(`process ${child.pid} is training there`);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(await held(path)).toContain(`${process.pid} `);
});
