// `gradsplit lab` and `gradsplit labs` as child processes: two small labs, stopped and gone on with to the same bits, seeds added, bad input.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { labNamed, labs } from '../../src/labs/index.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { gradsplit, MAIN, workplace } from './run.ts';

const place = workplace();

/** The entries that make a lab small. */
function small(name: string): string[] {
  return Object.entries(labNamed(labs, name).small).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
}

const begin = (out: string, ...more: readonly string[]): string[] => [
  ...['lab', 'energy', ...small('energy'), '--out', place.path(out), ...more],
];

/** The hash of a document without the time that it took. */
function comparable(text: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...JSON.parse(text), seconds: 0 }))
    .digest('hex');
}

let whole: string;

beforeAll(() => {
  const { code, stdout, stderr } = gradsplit(begin('whole', '--seeds', '3', '--workers', '2', '--json', '-'));
  expect(code, stderr).toBe(0);
  whole = stdout;
  expect(stderr).toMatch(/^\[\d+\/1000\] seed 100\d: /);
});

test('energy: the document, the folder and the report', () => {
  const document = JSON.parse(whole);
  expect(schemas['lab@1'].safeParse(document).error?.message).toBeUndefined();
  expect([document.name, document.seeds, document.verdict]).toEqual(['energy', 3, 'shown']);
  expect(document.checks.every(({ holds }: { holds: boolean }) => holds)).toBe(true);
  expect(document.controls.every(({ rejected }: { rejected: boolean }) => rejected)).toBe(true);
  expect(readdirSync(place.path('whole')).sort()).toEqual([
    'lab.json',
    'report.html',
    'seed-1001.json',
    'seed-1002.json',
    'seed-1003.json',
    'settings.json',
  ]);
  expect(JSON.parse(readFileSync(place.path('whole/lab.json'), 'utf8'))).toEqual(document);
  expect(readFileSync(place.path('whole/report.html'), 'utf8')).toContain('<!doctype html>');
});

test('uncalibrated, one seed of a small setting: undecided, exit code 1; the report at another place too', () => {
  const report = place.path('page.html');
  const { code, stdout, stderr } = gradsplit([
    ...['--quiet', 'lab', 'uncalibrated', ...small('uncalibrated'), '--seeds', '1'],
    ...['--out', place.path('one'), '--report', report],
  ]);
  expect(code, stderr).toBe(1);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^uncalibrated: Undecided: /);
  expect(stdout.replace(/\s+/g, ' ')).toContain('One seed has no interval.');
  expect(stdout).not.toContain('\u001b');
  expect(readFileSync(report, 'utf8')).toBe(readFileSync(place.path('one/report.html'), 'utf8'));
  for (const line of stdout.split('\n')) {
    if (!line.includes(place.directory)) expect(line.length).toBeLessThanOrEqual(80);
  }
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends with %i and says what goes on', async (signal, expected) => {
  const child = spawn(process.execPath, [MAIN, ...begin(signal, '--seeds', '3', '--workers', '1')]);
  let sent = false;
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
    if (!sent && said.includes('seed 1001')) sent = child.kill(signal);
  });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  expect(code, said).toBe(expected);
  const goOn = `gradsplit lab energy --out ${place.path(signal)} --resume`;
  expect(said).toContain(
    `gradsplit: interrupted: finished seeds are saved in ${place.path(signal)}; go on with: ${goOn}\n`,
  );
  expect(existsSync(place.path(`${signal}/lock`))).toBe(false);
  expect(existsSync(place.path(`${signal}/lab.json`))).toBe(false);
  await expectRefused(
    begin(signal, '--seeds', '3'),
    `there is a lab that has not ended; go on with: ${goOn}`,
  );
});

test('a lab that was stopped ends with the same bits', () => {
  const { code, stdout, stderr } = gradsplit([
    ...['lab', 'energy', '--out', place.path('SIGINT'), '--resume', '--json', '-'],
  ]);
  expect(code, stderr).toBe(0);
  expect(comparable(stdout)).toBe(comparable(whole));
});

test('seeds are added to a lab that has ended', async () => {
  const { code, stdout, stderr } = await inProcess([
    ...['lab', 'energy', '--out', place.path('SIGINT'), '--resume', '--seeds', '4', '--json', '-'],
  ]);
  expect(code, stderr).toBe(0);
  const document = JSON.parse(stdout);
  expect(document.seeds).toBe(4);
  expect(document.perSeed.slice(0, 3)).toEqual(JSON.parse(whole).perSeed);
  expect(document.firstSeed).toBe(1001);
});

describe('the list and the words', () => {
  test('labs: in 80 columns, and as a document', () => {
    const { code, stdout } = gradsplit(['labs']);
    expect(code).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    for (const { name } of labs) expect(stdout).toContain(name);
    const document = JSON.parse(gradsplit(['labs', '--json', '-']).stdout);
    expect(schemas['labs@1'].safeParse(document).success).toBe(true);
    expect(document.labs.map(({ name }: { name: string }) => name)).toEqual(labs.map(({ name }) => name));
    expect(document.labs[0].command).toBe(`gradsplit lab ${labs[0]!.name}`);
  });

  test.each(labs.map(({ name }) => name))(
    '%s --explain has its question, settings and three next',
    async (name) => {
      const lab = labNamed(labs, name);
      const { code, stdout } = await inProcess(['lab', name, '--explain']);
      expect(code).toBe(0);
      const flat = stdout.replace(/\s+/g, ' ');
      expect(flat).toContain(lab.question);
      // Nothing of a text is cut, long formulas included.
      const bare = (text: string): string => text.replace(/\s+/g, '');
      for (const text of lab.method) expect(bare(stdout)).toContain(bare(text));
      for (const key of Object.keys(lab.options)) expect(stdout).toContain(key);
      expect(lab.next).toHaveLength(3);
      for (const { set } of lab.next) expect(flat).toContain(`--set ${set[0]}`);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});

describe('bad input', () => {
  test('names, settings, seeds', async () => {
    await expectRefused(['lab', 'enrgy'], 'unknown lab "enrgy" (did you mean "energy"?)');
    await expectRefused(['lab'], "missing required argument 'name'");
    await expectRefused(['lab', 'energy', 'em'], 'too many arguments');
    await expectRefused(
      ['lab', 'energy', '--set', 'step=3'],
      'unknown option "step" (did you mean "steps"?)',
    );
    await expectRefused(['lab', 'energy', '--set', 'steps=0'], '--set steps: expected ');
    await expectRefused(['lab', 'energy', '--set', 'steps=many'], '--set steps: expected ');
    await expectRefused(['lab', 'energy', '--set', 'steps'], '--set: expected key=value');
    await expectRefused(
      ['lab', 'energy', '--seeds', '0'],
      '--seeds: expected an integer from 1 to 1000, found "0"',
    );
    await expectRefused(
      ['lab', 'energy', '--seeds', '1000000000'],
      '--seeds: expected an integer from 1 to 1000',
    );
    await expectRefused(['lab', 'energy', '--workers', '0'], '--workers: expected an integer of at least 1');
    await expectRefused(
      ['lab', 'energy', '--first-seed', '0'],
      '--first-seed: expected an integer from 1 to 1000000000, found "0"',
    );
    await expectRefused(['labs', '--seeds', '2'], 'labs: --seeds needs --run-all');
  });

  test('folders and files', async () => {
    const file = place.file('file', 'x');
    await expectRefused(
      ['lab', 'energy', '--out', `${file}/below`],
      'expected a folder, found something else',
    );
    await expectRefused(
      begin('whole', '--json', place.path('whole/seed-1001.json')),
      'found the same as the input',
    );
    await expectRefused(begin('new', '--json', place.path('nowhere/x.json')), 'cannot write');
    expect(existsSync(place.path('new'))).toBe(false);
    await expectRefused(
      [...begin('whole', '--resume'), '--set', 'beta=1.5'],
      'the lab there has other settings: settings.beta is ',
    );
    await expectRefused(
      ['lab', 'uncalibrated', '--out', place.path('whole'), '--resume'],
      'lab is "energy" there and "uncalibrated" here',
    );
    place.file('seeds/seed-1.json', '{}');
    await expectRefused(begin('seeds'), 'as there is no settings.json, found seed-1.json');
  });
});
