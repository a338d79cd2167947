// Malformed policy files: exit 2, one sentence that names the place, nothing on stdout, no output file, no temporary.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { policyChunks } from '../../src/policy/format.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { inProcess } from './inProcess.ts';
import { workplace } from './run.ts';

const place = workplace();
const good = [...policyChunks(randomPolicy({ attempts: 2, length: 2, vocabulary: 2 }, 1))].join('');
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const nested = '['.repeat(200_000);

const cases: readonly [string, string | Uint8Array, RegExp][] = [
  ['empty', '', /not valid JSON at line 1, column 1: expected a value, found the end of the text/],
  ['not JSON', 'attempts: 2', /not valid JSON at line 1, column 1/],
  [
    'cut off',
    good.slice(0, 300),
    /not valid JSON at line \d+, column \d+: expected .*found the end of the text/,
  ],
  ['binary data', bytes(0x89, 0x50, 0x4e, 0x47, 0, 0), /expected text, found binary data/],
  ['not UTF-8', bytes(0x7b, 0xff, 0x7d), /expected text in UTF-8/],
  ['200 000 open brackets', nested, /not valid JSON at line 1, column 200001/],
  ['200 000 nested brackets', nested + ']'.repeat(200_000), /expected an object, found an array of 1/],
  ['no format', '{}', /format is missing; expected "gradsplit\/policy@1"/],
  [
    'another version',
    good.replace('policy@1', 'policy@9'),
    /format: expected "gradsplit\/policy@1", found "gradsplit\/policy@9"/,
  ],
  [
    'an unknown field',
    good.replace('"reward"', '"rewards"'),
    /rewards is an unknown field \(did you mean "reward"\?\)/,
  ],
  [
    'a missing history',
    good.replace(/\n {6}"0,1\/0": [^\n]*/, ''),
    /logits\.sample: 1 of 15 histories is missing \(first "0,1\/0"\)/,
  ],
  [
    'a surplus history',
    good.replace('"0,1/0":', '"0,1/0,0/": [0, 0],\n"0,1/0":'),
    /logits\.sample: 1 key is no history of this shape \(first "0,1\/0,0\/"\)/,
  ],
  [
    'a __proto__ history',
    good.replace('"0,1/0":', '"__proto__": [0, 0],\n"0,1/0":'),
    /1 key is no history of this shape \(first "__proto__"\)/,
  ],
  [
    'a __proto__ field',
    good.replace('"attempts"', '"__proto__": {}, "attempts"'),
    /__proto__ is an unknown field/,
  ],
  [
    'a history given twice',
    good.replace('"0,1/0":', '"0,1/0": [0, 0],\n"0,1/0":'),
    /logits\.sample\["0,1\/0"\] is given twice/,
  ],
  [
    'a row too long',
    good.replace('"0,1/0": [', '"0,1/0": [1, '),
    /logits\.sample\["0,1\/0"\]: expected 2 numbers, found an array of 3/,
  ],
  [
    'NaN',
    good.replace('"0,1/0": [', '"0,1/0": [NaN, '),
    /not valid JSON at line \d+, column \d+: expected a value, found "NaN"/,
  ],
  [
    '1e999',
    good.replace(/"0,1\/0": \[[^,]*/, '"0,1/0": [1e999'),
    /logits\.sample\["0,1\/0"\]\[0\]: expected a finite number, found Infinity/,
  ],
  [
    'a number in quotes',
    good.replace(/"0,1\/0": \[[^,]*/, '"0,1/0": ["1"'),
    /\["0,1\/0"\]\[0\]: expected a finite number, found "1"/,
  ],
  [
    'a negative size',
    good.replace('"attempts": 2', '"attempts": -2'),
    /attempts: expected an integer of at least 1, found -2/,
  ],
  [
    'a fractional size',
    good.replace('"length": 2', '"length": 1.5'),
    /length: expected an integer of at least 1, found 1\.5/,
  ],
  [
    'too many trajectories',
    good.replace('"length": 2', '"length": 11'),
    /give 4196352 trajectories; at most 2000000/,
  ],
  [
    'far too many trajectories',
    good.replace('"attempts": 2', '"attempts": 9007199254740991'),
    /trajectories; at most 2000000/,
  ],
  [
    'a token out of range',
    good.replace(/"target": \[\d/, '"target": [7'),
    /reward\.target\[0\]: expected a token, an integer from 0 to 1, found 7/,
  ],
];

async function refused(
  command: 'exact' | 'verify',
  [name, content, message]: (typeof cases)[number],
): Promise<void> {
  const path = place.file(`${name.replace(/\W/g, '-')}.json`, content);
  const before = readdirSync(place.directory).sort();
  const input = command === 'exact' ? [path, '--beta', '0.1'] : ['--policy', path];
  const { code, stdout, stderr } = await inProcess([command, ...input, '--json', place.path('out.json')]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^gradsplit: [^\n]*\.json: [^\n]+\n$/);
  expect(readdirSync(place.directory).sort()).toEqual(before);
}

describe('exact', () => {
  test.each(cases)('%s', (...args) => refused('exact', args));
});

// The same reader behind another command: one file in six.
describe('verify --policy', () => {
  test.each(cases.filter((_, i) => i % 6 === 0))('%s', (...args) => refused('verify', args));
});

test('a directory, and a file that is not there', async () => {
  expect(await inProcess(['exact', place.directory, '--beta', '1'])).toEqual({
    code: 2,
    stdout: '',
    stderr: `gradsplit: cannot read ${place.directory}: it is a directory, not a file\n`,
  });
  expect(await inProcess(['verify', '--policy', place.path('no.json')])).toEqual({
    code: 2,
    stdout: '',
    stderr: `gradsplit: cannot read ${place.path('no.json')}: there is no such file or directory\n`,
  });
});

test('control characters in a file do not reach the terminal', async () => {
  const path = place.file('escape.json', good.replace('"attempts"', '"\\u001b[31m\\n": 1, "attempts"'));
  const { stderr } = await inProcess(['exact', path, '--beta', '1']);
  expect(stderr).toMatch(/^gradsplit: [\x20-\x7e]+\n$/);
});
