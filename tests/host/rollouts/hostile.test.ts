// Rollouts that somebody may have made to do harm, or that come in an unusual way: each is refused with its place, or read as it is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decompressed } from '../../../src/host/rollouts/decompress.ts';
import { rolloutFiles } from '../../../src/host/rollouts/files.ts';
import { complaint, readText } from '../../rollouts/reading.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradsplit-hostile-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a compressed pipe that hands over one byte at a time is undone', async () => {
  const text = 'one\ntwo\n';
  const bytes = (async function* () {
    for (const byte of gzipSync(text)) yield Uint8Array.of(byte);
  })();
  const found: Uint8Array[] = [];
  for await (const piece of decompressed('stdin', bytes)) found.push(piece);
  expect(Buffer.concat(found).toString()).toBe(text);
});

test('two steps that a number cannot tell apart do not become one', () => {
  for (const step of ['9007199254740992', '9007199254740993']) {
    writeFileSync(join(directory, `${step}.jsonl`), '{"input":"a","output":"b","score":1}\n');
  }
  expect(() => rolloutFiles(directory)).toThrow(
    'expected a step of at most 9007199254740991 in the name, found 900719925474099',
  );
});

/** An array in an array in an array. */
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

test('values that are nested too deeply to be written again', () => {
  const verl = (levels: number): string => `{"input":"a","output":"b","score":1,"gts":${deep(levels)}}\n`;
  expect(readText(verl(900)).trajectories[0]!.texts!.groundTruth).toBe(deep(900));
  expect(complaint(verl(100_000))).toBe(
    'test.jsonl: line 1: gts: expected at most 1000 levels of arrays and objects, found an array of 1',
  );
  const columns = `{"prompt":["a"],"completion":["b"],"advantages":[1],"step":["0"],"solution":[${deep(100_000)}]}\n`;
  expect(complaint(columns, { format: 'ms-swift' })).toContain(
    'line 1: solution[0]: expected at most 1000 levels',
  );
  const header = `{"format":"gradsplit/rollouts@1","options":{"a":${deep(100_000)}}}\n`;
  expect(complaint(header)).toContain('line 1: options: expected at most 1000 levels');
});

const episode = (more: object): string =>
  `${JSON.stringify({ task: {}, traces: [{ nodes: [{ parent: null, message: { content: 'a' }, sampled: true }], ...more }], ...more })}\n`;

test('errors of a trace whose parts are no texts', () => {
  const errors = [{ type: { toString: 1, valueOf: 2 }, message: 'm' }];
  expect(readText(episode({ errors })).trajectories[0]!.failure).toBe('unknown: m');
});

/** A chain of nodes with as many leaves at its end, each of which is a branch with all of the chain. */
function broom(size: number): string {
  const node = (parent: number | null): object => ({ parent, message: { content: 'a' }, sampled: true });
  const chain = Array.from({ length: size }, (_, i) => node(i === 0 ? null : i - 1));
  const nodes = [...chain, ...chain.map(() => node(size - 1))];
  return `${JSON.stringify({ task: {}, traces: [{ nodes }] })}\n`;
}

test('a tree of few messages whose branches would take up all memory', () => {
  expect(readText(broom(20)).trajectories).toHaveLength(20);
  expect(complaint(broom(6000))).toBe(
    'test.jsonl: line 1: traces[0]: expected branches of at most 67108864 tokens and characters together, found 72012000',
  );
});

test('a step that is none is refused, because it could not be told from others', () => {
  for (const step of ['1.5', '-1', '1e400', '9007199254740993']) {
    expect(complaint(episode({ run: { work: { step: 'STEP' } } }).replaceAll('"STEP"', step))).toContain(
      'line 1: run.work.step: expected an integer of at least 0',
    );
  }
});
