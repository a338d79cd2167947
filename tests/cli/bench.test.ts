// `gradsplit bench`: one short run with everything it can write, and what a comparison does to the exit code.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBenchResult } from '../../bench/index.ts';
import { benchSchema } from '../../src/documents/bench.ts';
import { ROOT } from '../structure/files.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();

/** Enough to see that everything works, too little to say how fast. */
const QUICK = ['--samples', '2', '--seconds', '0.001'] as const;

/** A baseline with one case at a share of the ceiling. */
const baseline = (ofCeiling: number): string =>
  JSON.stringify({
    schema: 'gradsplit/bench@1',
    machine: { cpu: 'other', node: '20.0.0', threads: 1 },
    build: 'plain',
    ceiling: { gflops: 50, how: 'x' },
    results: [
      {
        ...{
          suite: 'softmax',
          name: 'f32 4096x12',
          unit: 'Gelement/s',
          value: 1,
          ci95: [1, 1],
          samples: [1],
        },
        ...{ ofCeiling, peers: {}, warnings: [] },
      },
    ],
  });

test('a run: document, CSV, table, comparison; a loss is exit 1', () => {
  // Nothing reaches a million times the ceiling.
  const before = place.file('before.json', baseline(1e6));
  const csv = place.path('out.csv');
  const outputs = ['--json', place.path('out.json'), '--csv', csv, '--compare', before];
  const run = gradsplit(['bench', 'softmax', ...QUICK, ...outputs]);
  expect(run.code).toBe(1);
  expect(run.stdout).toMatch(/1 of 1 cases lost/);
  expect(run.stdout).toContain('of ceiling');
  expect(run.stdout).toContain('cpu differs: other in the baseline');
  expect(run.stderr).toMatch(/^(\[\d+\/\d+\] softmax .*\n)+$/);
  const result = JSON.parse(readFileSync(place.path('out.json'), 'utf8'));
  expect(benchSchema.safeParse(result).error).toBeUndefined();
  expect(readBenchResult(result, 'out.json')).toEqual(result);
  expect(readFileSync(csv, 'utf8').trim().split('\n')).toHaveLength(result.results.length + 1);
});

describe('--interleave', () => {
  test('this build against itself and its plain kernels: ratios with intervals', () => {
    const dist = join(ROOT, 'dist');
    for (const other of [dist, 'plain', 'threads=2']) {
      const run = gradsplit(['bench', 'softmax', '--only', '4096x12', ...QUICK, '--interleave', other]);
      expect(run.stderr).toBe('[1/2] softmax f32 4096x12\n[2/2] softmax f64 4096x12\n');
      expect(run.stdout).toMatch(/this build \(\w+, 1 thread\) against the other \(\w+, \d threads?\)/);
      expect(run.stdout).toMatch(
        /softmax +f32 4096x12 +\d+\.\d{3} +\d+\.\d{3} – \d+\.\d{3} +(loss|gain|same)\n/,
      );
      // How fast is not asked here: the exit code must only agree with the text.
      expect(run.code).toBe(/\d of 2 cases lost/.test(run.stdout) ? 1 : 0);
    }
  });

  test('against a build that takes no time this one loses; what it lacks is listed', () => {
    const other = place.file(
      'bench/index.js',
      `const sample = ({ minSamples }) => ({ seconds: new Array(minSamples).fill(1e-30), callsPerSample: 1 });
export const measurableBuild = () => ({
  build: 'fast',
  kernels: { threads: 3 },
  has: (suite, name) => name === 'f32 4096x12',
  open: () => ({ ours: { sample }, close() {} }),
});`,
    );
    const args = ['softmax', '--only', '4096x12', ...QUICK, '--interleave', dirname(dirname(other))];
    const { code, stdout } = gradsplit(['bench', ...args]);
    expect(code).toBe(1);
    expect(stdout).toContain('against the other (fast, 3 threads)');
    expect(stdout).toContain('not in the other build: softmax f64 4096x12');
    expect(stdout).toContain('1 of 1 cases lost');
  });

  test('a build without a common case compares nothing: exit 2', async () => {
    const build =
      'export const measurableBuild = () => ({ build: "x", kernels: { threads: 1 }, has: () => false });';
    const other = dirname(dirname(place.file('none/bench/index.js', build)));
    const { code, stdout, stderr } = await inProcess(['bench', 'softmax', '--interleave', other]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--interleave: expected a case that both builds have, found none');
  });

  test.each([
    ['no folder', 'no-such-folder', /there is no file no-such-folder\/bench\/index\.js/],
    ['an older build', 'old', /the build in .* is too old/],
    ['no JavaScript', 'broken', /does not load/],
    ['no number of threads', 'threads=many', /threads must be a whole number from 1 to 64/],
  ])('%s is refused', async (_, folder, message) => {
    place.file('old/bench/index.js', 'export const suites = {};');
    place.file('broken/bench/index.js', 'export const = 1;');
    const path = /^no|=/.test(folder) ? folder : place.path(folder);
    const { code, stdout, stderr } = await inProcess(['bench', 'softmax', '--interleave', path]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('--peers', () => {
  /** Peers as modules: one right, one wrong, one that cannot do it. */
  const folder = (): string => {
    const file = place.file(
      'peers/index.mjs',
      `const softmax = ({ rows, columns, x }, factor) => Array.from({ length: rows }, (_, r) => {
  const e = Array.from(x.subarray(r * columns, (r + 1) * columns), Math.exp);
  const sum = e.reduce((a, b) => a + b);
  return e.map((v) => (factor * v) / sum);
}).flat();
const peer = (name, prepare) => ({ name, description: name + ' 1.0', prepare, close() {} });
export const openPeers = () => ({
  peers: [
    peer('right', (task) => ({ output: () => softmax(task, 1), run() {}, release() {} })),
    peer('wrong', (task) => ({ output: () => softmax(task, 1.1), run() {}, release() {} })),
    peer('idle', () => undefined),
  ],
  missing: ['torch: not installed'],
});`,
    );
    return dirname(file);
  };

  test('are measured in the same run; a wrong one is left out and said so', () => {
    const args = ['softmax', '--only', '4096x12', ...QUICK, '--peers', folder()];
    const { code, stdout, stderr } = gradsplit(['bench', ...args, '--json', place.path('peers.json')]);
    expect(code).toBe(0);
    expect(stderr).toContain('peer right: right 1.0\n');
    expect(stderr).toContain('peer left out: torch: not installed\n');
    expect(stdout).toMatch(/of ceiling +right\n/);
    expect(stdout).toContain('wrong is left out: its error is ');
    const { results } = JSON.parse(readFileSync(place.path('peers.json'), 'utf8'));
    expect(Object.keys(results[0].peers)).toEqual(['right']);
    expect(results[0].peers.right.value).toBeGreaterThan(0);
    // float64 is no task for peers.
    expect(results[1].peers).toEqual({});
  });

  test.each([
    ['a folder without adapters', 'nothing', /there is no file/],
    ['a module without peers', 'strange', /is not a folder of peers/],
  ])('%s is refused', async (_, name, message) => {
    place.file('strange/index.mjs', 'export const x = 1;');
    const { code, stderr } = await inProcess(['bench', 'softmax', '--peers', place.path(name)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('without a measurement', () => {
  test('--explain says what is measured', async () => {
    const { code, stdout, stderr } = await inProcess(['bench', 'softmax', '--explain']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^softmax: /);
  });

  test.each([
    ['no JSON', 'x', /not valid JSON at line 1/],
    ['another document', '{"schema":"gradsplit/exact@1"}', /schema/],
    ['an unknown field', baseline(1).replace('"build"', '"buld"'), /buld/],
    ['a missing file', undefined, /there is no such file/],
    ['of other cases', baseline(1).replace('4096x12', '1x1'), /expected a case of the baseline among those/],
    ['of no case', baseline(1).replace(/"results":.*/, '"results":[]}'), /expected a case of the baseline/],
  ])('a baseline that is %s is refused first', async (_, content, message) => {
    const path = content === undefined ? place.path('no.json') : place.file('bad.json', content);
    const { code, stdout, stderr } = await inProcess(['bench', 'softmax', '--compare', path]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^gradsplit: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});
