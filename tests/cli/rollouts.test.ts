// `gradsplit rollouts`: conversion of files and pipes, what is refused, and that no half of a file is left.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { rolloutFormats } from '../../src/rollouts/index.ts';
import { readText } from '../rollouts/reading.ts';
import { msSwiftText } from '../rollouts/upstream/msSwift.ts';
import { nemoRlText } from '../rollouts/upstream/nemoRl.ts';
import { openInstructText } from '../rollouts/upstream/openInstruct.ts';
import { rlLoggingBoardText } from '../rollouts/upstream/rlLoggingBoard.ts';
import { rolloutsText } from '../rollouts/upstream/rollouts.ts';
import { truth } from '../rollouts/upstream/truth.ts';
import { unipoText } from '../rollouts/upstream/unipo.ts';
import { verlText } from '../rollouts/upstream/verl.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { MAIN, workplace } from './run.ts';

const place = workplace();
const truths = truth(11);

/** A command that is given text on stdin. */
function piped(args: readonly string[], input: string | Uint8Array) {
  return spawnSync(process.execPath, [MAIN, ...args], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
}

describe('convert', () => {
  test.each([
    ['rollouts@1', rolloutsText(truths)],
    ['verl', verlText(truths)],
    ['nemo-rl', nemoRlText(truths)],
    ['open-instruct', openInstructText(truths)],
    ['ms-swift', msSwiftText(truths, 4)],
    ['rl-logging-board', rlLoggingBoardText(truths)],
    ['unipo', unipoText(truths)],
  ])('%s to a file, and that again', async (name, text) => {
    const [from, to] = [place.file(`${name}.in`, text), place.path(`${name}.jsonl`)];
    const run = await inProcess(['rollouts', 'convert', from, '-o', to]);
    expect([run.code, run.stdout]).toEqual([0, '']);
    expect(run.stderr).toContain(rolloutFormats.find((format) => format.name === name)!.title);
    expect(run.stderr).toContain(': 12 trajectories of ');
    const written = readFileSync(to, 'utf8');
    expect(readText(written).trajectories.map(({ reward }) => reward)).toEqual(
      truths.map(({ reward }) => reward),
    );
    expect((await inProcess(['rollouts', 'convert', to])).stdout).toBe(written);
  });

  test('stdin, plain and gzip; several files; with --quiet nothing is said', async () => {
    const text = verlText(truths);
    const expected = (await inProcess(['rollouts', 'convert', place.file('v.jsonl', text)])).stdout;
    expect(piped(['rollouts', 'convert', '-'], text).stdout).toBe(expected);
    expect(piped(['rollouts', 'convert', '-', '-q'], gzipSync(text))).toMatchObject({
      status: 0,
      stdout: expected,
      stderr: '',
    });
    const files = [place.path('v.jsonl'), place.file('copy.jsonl', text)];
    const both = await inProcess(['rollouts', 'convert', ...files]);
    expect(both.stdout.split('\n')).toHaveLength(2 * 12 + 2);
    const twice = await inProcess(['rollouts', 'convert', files[0]!, files[0]!]);
    expect(twice).toMatchObject({ code: 2, stdout: '' });
    expect(twice.stderr).toContain('expected each file once, found it twice');
  });

  test('lines left out are counted and named', async () => {
    const path = place.file('bad.jsonl', `${verlText(truths)}{"input":"\u001b[2J\n5\n`);
    await expectRefused(['rollouts', 'convert', path], `${path}: line 13: not valid JSON at column`);
    const { code, stderr, stdout } = await inProcess(['rollouts', 'convert', path, '--skip-bad']);
    expect([code, stdout.split('\n').length]).toEqual([0, 14]);
    expect(stderr).toContain('2 lines left out:');
    expect(stderr).toContain('line 14: expected an object, found 5');
    expect(stderr).not.toContain('\u001b');
  });

  test('what has no place is said', async () => {
    const { stderr } = await inProcess(['rollouts', 'convert', place.path('v.jsonl')]);
    expect(stderr).toContain('gradsplit/rollouts@1 has no place for texts (12)');
  });
});

describe('what is refused, with nothing left behind', () => {
  test.each([
    ['an empty file', '', 'expected rollouts, found nothing'],
    ['a header only', '{"format":"gradsplit/rollouts@1"}\n', 'expected rollouts, found only a header'],
    ['an unknown shape', '{"a":1}\n', 'found the field a; the formats are rollouts@1, verl,'],
    ['two formats', verlText(truths) + nemoRlText(truths), 'line 13: expected rollouts as verl has them'],
    [
      'NaN as text',
      '{"ids":[1],"logProbs":["NaN"]}',
      'line 1: logProbs[0]: expected a number or null, found "NaN"',
    ],
    ['a key given twice', '{"ids":[1],"ids":[1]}', 'line 1: ids is given twice'],
    ['unequal arrays', '{"ids":[1],"mask":[1,1]}', 'line 1: mask: expected an array of 1'],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'line 1: expected text in UTF-8, found other bytes'],
    ['gzip that ends early', gzipSync(verlText(truths)).subarray(0, 50), 'the compressed data end early'],
  ])('%s', async (name, content, message) => {
    const path = place.file(`refused/${name}`, content);
    const before = readdirSync(place.directory);
    await expectRefused(['rollouts', 'convert', path, '-o', place.path('never.jsonl')], message);
    await expectRefused(['rollouts', 'convert', path], message);
    expect(readdirSync(place.directory)).toEqual(before);
  });

  test('no file, an unknown format, the input as output', async () => {
    const path = place.file('in.jsonl', verlText(truths));
    await expectRefused(['rollouts', 'convert'], "missing required argument 'in'");
    await expectRefused(['rollouts', 'convert', place.path('no')], 'there is no such file or directory');
    await expectRefused(['rollouts', 'convert', path, '--format', 'verk'], '(did you mean "verl"?)');
    await expectRefused(['rollouts', 'convert', path, '-o', path], 'found the same as the input');
    expect(readFileSync(path, 'utf8')).toBe(verlText(truths));
  });
});

test('Ctrl-C in the middle of a pipe ends with 130 and leaves nothing', async () => {
  const to = place.path('interrupted/out.jsonl');
  place.file('interrupted/other', '');
  const child = spawn(process.execPath, [MAIN, 'rollouts', 'convert', '-', '-o', to]);
  const line = verlText(truths);
  for (let i = 0; i < 200; i++) child.stdin.write(line);
  child.stdin.on('error', () => {});
  const folder = place.path('interrupted');
  while (readdirSync(folder).length < 2) await new Promise((done) => setTimeout(done, 20));
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(130);
  expect(readdirSync(folder)).toEqual(['other']);
});

describe('formats', () => {
  test('the document', async () => {
    const { code, stdout, stderr } = await inProcess(['rollouts', 'formats', '--json', '-']);
    expect([code, stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout);
    expect(schemas['rolloutFormats@1'].safeParse(document).error).toBeUndefined();
    expect(document.formats.map(({ name }: { name: string }) => name)).toEqual(
      rolloutFormats.map(({ name }) => name),
    );
  });

  test('the text names all of them', async () => {
    const { stdout } = await inProcess(['rollouts', 'formats']);
    for (const { name } of rolloutFormats) expect(stdout).toContain(`${name}\n`);
  });
});
