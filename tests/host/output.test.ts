// Outputs: checked before, whole or not at all, nothing left behind.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { prepareOutput } from '../../src/host/output.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradsplit-output-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('writing', () => {
  test('a new file, in pieces', async () => {
    await prepareOutput(join(directory, 'a.json')).write(['{"a":', ' "ü→"}', '\n']);
    expect(readFileSync(join(directory, 'a.json'), 'utf8')).toBe('{"a": "ü→"}\n');
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('nothing is written before', () => {
    prepareOutput(join(directory, 'a.json'));
    expect(readdirSync(directory)).toEqual([]);
  });

  test('an existing file is replaced as a whole, and keeps its permissions', async () => {
    const path = join(directory, 'a.json');
    writeFileSync(path, 'old and longer than what comes');
    chmodSync(path, 0o640);
    await prepareOutput(path).write(['new']);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('a failure half way leaves the old file and nothing else', async () => {
    const path = join(directory, 'a.json');
    writeFileSync(path, 'old');
    function* pieces(): Generator<string> {
      yield 'x'.repeat(100_000);
      throw new RangeError('broken');
    }
    await expect(prepareOutput(path).write(pieces())).rejects.toThrow(RangeError);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('pieces that are waited for: a file, and nothing left after a failure', async () => {
    const path = join(directory, 'a.json');
    async function* pieces(fails: boolean): AsyncGenerator<string> {
      yield 'one ';
      await new Promise((done) => setTimeout(done, 5));
      if (fails) throw new InputError('broken');
      yield 'two';
    }
    await prepareOutput(path).write(pieces(false));
    expect(readFileSync(path, 'utf8')).toBe('one two');
    await expect(prepareOutput(path).write(pieces(true))).rejects.toThrow('broken');
    expect(readFileSync(path, 'utf8')).toBe('one two');
    expect(readdirSync(directory)).toEqual(['a.json']);
    expect(process.listenerCount('exit')).toBeLessThan(10);
  });

  test('a link is followed, not replaced', async () => {
    writeFileSync(join(directory, 'target.json'), 'old');
    symlinkSync('target.json', join(directory, 'link.json'));
    await prepareOutput(join(directory, 'link.json')).write(['new']);
    expect(readFileSync(join(directory, 'target.json'), 'utf8')).toBe('new');
    expect(readdirSync(directory).sort()).toEqual(['link.json', 'target.json']);
  });

  test('a device is written to, not replaced', async () => {
    const output = prepareOutput('/dev/null');
    await output.write(['x']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a pipe is written to, not replaced', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const copied = once(spawn('cat', [pipe]).stdout, 'data');
    await prepareOutput(pipe).write(['through']);
    expect(String(await copied)).toBe('through');
    expect(statSync(pipe).isFIFO()).toBe(true);
  });
});

describe('places that cannot be written', () => {
  const message = (path: string): string => {
    try {
      prepareOutput(path);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
    throw new Error(`accepted: ${path}`);
  };

  test('a directory', () => {
    expect(message(directory)).toBe(`cannot write ${directory}: it is a directory, not a file`);
    expect(message('/')).toBe('cannot write /: it is a directory, not a file');
  });

  test('in a directory that is not there, or is none', () => {
    expect(message(join(directory, 'no/a.json'))).toContain('there is no such file or directory');
    writeFileSync(join(directory, 'file'), '');
    expect(message(join(directory, 'file/a.json'))).toMatch(/is not a directory/);
  });

  test('an empty and an overlong name', () => {
    expect(message('')).toContain('expected the name of a file');
    expect(message(join(directory, 'x'.repeat(300)))).toContain('the name is too long');
  });
});
