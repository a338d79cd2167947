// Files of rollouts: passes over the same bytes, files that change, compressed and damaged ones, pipes.
import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type OpenOptions, openRollouts, type PassProgress } from '../../../src/host/rollouts/open.ts';
import { mostKept } from '../../../src/host/rollouts/pipe.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { nemoRlText } from '../../rollouts/upstream/nemoRl.ts';
import { rolloutsText } from '../../rollouts/upstream/rollouts.ts';
import { truth } from '../../rollouts/upstream/truth.ts';
import { verlText } from '../../rollouts/upstream/verl.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradsplit-open-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const truths = truth(1);
const text = verlText(truths);

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function all(source: AsyncIterable<Trajectory>): Promise<Trajectory[]> {
  const found: Trajectory[] = [];
  for await (const one of source) found.push(one);
  return found;
}

async function read(paths: readonly string[], options: OpenOptions = {}): Promise<Trajectory[]> {
  const source = await openRollouts(paths, options);
  try {
    return await all(source.read());
  } finally {
    await source.close();
  }
}

describe('passes', () => {
  test('each gives the same', async () => {
    const source = await openRollouts([file('a.jsonl', text)]);
    const first = await all(source.read());
    expect(first).toHaveLength(12);
    expect(await all(source.read())).toEqual(first);
    await source.close();
  });

  test('files come in the order of their names on the command line; one format for all', async () => {
    const [a, b] = [file('a.jsonl', text), file('b.jsonl', text)];
    const found = await read([b, a]);
    expect(found.map(({ place }) => place.file)).toEqual([
      ...new Array<string>(12).fill(b),
      ...new Array<string>(12).fill(a),
    ]);
    const other = file('c.jsonl', nemoRlText(truths));
    await expect(read([a, other])).rejects.toThrow(
      `${other}: line 1: expected rollouts as verl has them, found the fields content`,
    );
  });

  test('headers of several files must be the same', async () => {
    const a = file('a.jsonl', rolloutsText(truths));
    expect(await read([a, file('b.jsonl', rolloutsText(truths))])).toHaveLength(24);
    const c = file('c.jsonl', rolloutsText(truths).replace('grpo', 'dapo'));
    await expect(read([a, c])).rejects.toThrow(
      `${c}: line 1: expected the same header as in the file before`,
    );
  });

  test('bytes are told', async () => {
    const source = await openRollouts([file('a.jsonl', text), file('b.jsonl', text)]);
    const told: PassProgress[] = [];
    await all(source.read((progress) => told.push(progress)));
    const size = Buffer.byteLength(text);
    expect(source.bytes).toBe(2 * size);
    expect(told.map(({ done, total }) => [done, total])).toEqual([
      [size, 2 * size],
      [2 * size, 2 * size],
    ]);
  });

  test('an empty file among others', async () => {
    const [a, empty] = [file('a.jsonl', text), file('b.jsonl', '')];
    await expect(read([a, empty])).rejects.toThrow(`${empty}: expected rollouts, found nothing`);
    const source = await openRollouts([a, empty], { skipBad: true });
    const pass = source.read();
    expect(await all(pass)).toHaveLength(12);
    expect(pass.report.firstSkipped).toEqual([
      { place: { file: empty, line: 1 }, message: `${empty}: expected rollouts, found nothing` },
    ]);
  });
});

describe('files of several blocks', () => {
  /** Longer than two blocks of 1 MiB, compressed or not: its ids are as good as random. */
  const lines = Array.from({ length: 6000 }, (_, i) => {
    const ids = Array.from({ length: 100 }, (_, k) => Math.abs(Math.imul(101 * i + k + 1, 0x9e3779b1)));
    return JSON.stringify({ ids });
  });
  const long = `${lines.join('\n')}\n`;
  const idsOf = (found: readonly Trajectory[]): string[] =>
    found.map(({ ids }) => JSON.stringify({ ids: [...ids!] }));

  test.each([
    ['plain', long],
    ['gzip', gzipSync(long, { level: 1 })],
  ])('%s: no block is overwritten before it is read', async (_, content) => {
    expect(content.length).toBeGreaterThan(2 ** 21);
    expect(idsOf(await read([file('long.jsonl', content)]))).toEqual(lines);
  });
});

describe('files that do not stay as they were', () => {
  const changed = 'it has changed while it was read; expected a complete file';

  test('one that grows between two passes', async () => {
    const path = file('a.jsonl', text);
    const source = await openRollouts([path]);
    await all(source.read());
    appendFileSync(path, text);
    await expect(all(source.read())).rejects.toThrow(`${path}: ${changed}`);
  });

  test('one that grows, or shrinks, during a pass', async () => {
    const changes = [(path: string) => appendFileSync(path, 'x'), (path: string) => writeFileSync(path, '')];
    for (const change of changes) {
      const path = file('a.jsonl', text);
      const source = await openRollouts([path]);
      const reading = async (): Promise<void> => {
        for await (const { place } of source.read()) if (place.line === 1) change(path);
      };
      await expect(reading()).rejects.toThrow(`${path}: ${changed}`);
    }
  });

  test('one that vanishes, and one that another takes the place of', async () => {
    const path = file('a.jsonl', text);
    const source = await openRollouts([path]);
    rmSync(path);
    await expect(all(source.read())).rejects.toThrow(
      `cannot read ${path}: there is no such file or directory`,
    );
    file('a.jsonl', text);
    await expect(all(source.read())).rejects.toThrow(changed);
  });
});

describe('what cannot be read', () => {
  test('nothing there, a folder, a circle of links', async () => {
    await expect(read([join(directory, 'no')])).rejects.toThrow('there is no such file or directory');
    mkdirSync(join(directory, 'folder'));
    await expect(read([join(directory, 'folder')])).rejects.toThrow('expected a folder with rollouts');
    symlinkSync('loop', join(directory, 'loop'));
    await expect(read([join(directory, 'loop')])).rejects.toThrow('the links go in a circle');
  });

  test('an unknown format, before anything is opened', async () => {
    await expect(read([join(directory, 'no')], { format: 'x' })).rejects.toThrow('unknown format "x"');
  });
});

describe('gzip', () => {
  test('is undone, whatever the name is, in several members too', async () => {
    const zipped = gzipSync(text);
    expect(await read([file('a', zipped)])).toHaveLength(12);
    expect(await read([file('b', Buffer.concat([zipped, zipped]))])).toHaveLength(24);
  });

  test('that ends early is refused wherever it ends', async () => {
    const zipped = gzipSync(text);
    for (let end = 3; end < zipped.length; end += 17) {
      await expect(read([file('a.gz', zipped.subarray(0, end))]), String(end)).rejects.toThrow(
        'the compressed data end early',
      );
    }
  });

  test('that is damaged', async () => {
    const zipped = gzipSync(text);
    zipped[zipped.length - 6]! ^= 1;
    await expect(read([file('a.gz', zipped)])).rejects.toThrow('the compressed data are damaged');
    const wrong = gzipSync(text);
    wrong.fill(255, 12, 40);
    await expect(read([file('b.gz', wrong)])).rejects.toThrow('the compressed data are damaged');
  });

  test('a wrong line in it has its number', async () => {
    await expect(read([file('a.gz', gzipSync(`${text}x\n`))])).rejects.toThrow('line 13: not valid JSON');
  });
});

describe('pipes', () => {
  const isThere = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('gradsplit-kept-'));

  test.each([false, true])(
    'a FIFO is read, and again if there is more than one pass: once %s',
    async (once) => {
      const before = isThere();
      const path = join(directory, 'fifo');
      execFileSync('mkfifo', [path]);
      const writer = spawn('sh', ['-c', 'cat > "$0"', path], { stdio: ['pipe', 'ignore', 'ignore'] });
      writer.stdin.end(text);
      const source = await openRollouts([path], { once });
      expect(await all(source.read())).toHaveLength(12);
      if (!once) {
        expect(await all(source.read())).toHaveLength(12);
        expect(source.bytes).toBe(Buffer.byteLength(text));
      } else expect(source.bytes).toBeUndefined();
      await source.close();
      expect(isThere()).toEqual(before);
    },
  );

  /** A FIFO into which a program writes. */
  function fifo(bytes: string | Uint8Array): string {
    const path = join(directory, 'fifo');
    execFileSync('mkfifo', [path]);
    spawn('sh', ['-c', 'cat > "$0"', path], { stdio: ['pipe', 'ignore', 'ignore'] }).stdin.end(bytes);
    return path;
  }

  test('a table that comes through a pipe is kept, and read as one; without keeping it there is no way', async () => {
    const table = readFileSync(
      join(import.meta.dirname, '../../rollouts/fixtures/completions_00010.parquet'),
    );
    const ofFile = await openRollouts([file('table.parquet', table)]);
    const path = fifo(table);
    const source = await openRollouts([path]);
    const strip = (ts: readonly Trajectory[]) => ts.map(({ place: _, ...rest }) => rest);
    for (let pass = 0; pass < 2; pass++)
      expect(strip(await all(source.read()))).toEqual(strip(await all(ofFile.read())));
    await source.close();
    await ofFile.close();
    rmSync(path);
    const once = await openRollouts([fifo(table)], { once: true });
    await expect(all(once.read())).rejects.toThrow('Parquet, which cannot be read from a pipe');
  });

  test('what is kept of a pipe has no name while it comes, so that a signal leaves nothing behind', async () => {
    const kept = join(directory, 'tmp');
    mkdirSync(kept);
    vi.stubEnv('TMPDIR', kept);
    const path = join(directory, 'fifo');
    execFileSync('mkfifo', [path]);
    const writer = spawn('sh', ['-c', 'cat > "$0"', path], { stdio: ['pipe', 'ignore', 'ignore'] });
    const opening = openRollouts([path]);
    const copies = Math.ceil(2 ** 21 / text.length);
    // More than pipes hold: when it is gone, reading has begun.
    await new Promise((done) => writer.stdin.write(text.repeat(copies), done));
    const names = readdirSync(kept);
    writer.stdin.end();
    const source = await opening;
    vi.unstubAllEnvs();
    expect(names).toEqual([]);
    expect(await all(source.read())).toHaveLength(12 * copies);
    await source.close();
  });

  test('a pipe without an end is refused when as much is kept as may be, and nothing of it stays', async () => {
    const kept = join(directory, 'tmp');
    mkdirSync(kept);
    vi.stubEnv('TMPDIR', kept);
    const path = join(directory, 'fifo');
    execFileSync('mkfifo', [path]);
    const [line] = text.split('\n');
    const writer = spawn('sh', ['-c', 'yes "$1" > "$0"', path, line!], { stdio: 'ignore' });
    const ended = new Promise((done) => writer.on('exit', done));
    const opening = openRollouts([path], { maxPipe: 3e6 });
    await expect(opening).rejects.toThrow(
      /fifo: expected at most 3 MB from a pipe, which is kept in .*tmp to be read again; found more, after 3\.?\d* MB/,
    );
    vi.unstubAllEnvs();
    expect(readdirSync(kept)).toEqual([]);
    await ended;
  });

  test('half of what is free in the temporary folder is kept at most', () => {
    const { bavail, bsize } = statfsSync(directory);
    expect(mostKept(directory)).toBeLessThanOrEqual(16e9);
    expect(mostKept(directory)).toBeLessThan(0.6 * bavail * bsize + 1e9);
    expect(mostKept(directory)).toBeGreaterThan(0);
  });
});

describe('a file that is given twice', () => {
  test.each([
    ['by one name', 'a.jsonl', ''],
    ['through a link', 'link', ', also as '],
    ['by its folder', '.', ''],
  ])('%s', async (_, name, also) => {
    const path = file('rollouts.jsonl', text);
    symlinkSync(path, join(directory, 'link'));
    const again = name === 'a.jsonl' ? path : join(directory, name);
    await expect(openRollouts([path, again])).rejects.toThrow(
      `expected each file once, found it twice${also}`,
    );
  });

  test('a copy is another file', async () => {
    expect(await read([file('a.jsonl', text), file('b.jsonl', text)])).toHaveLength(24);
  });

  test('stdin is one file', async () => {
    await expect(openRollouts(['-', '-'])).rejects.toThrow('-: expected each file once, found it twice');
  });
});
