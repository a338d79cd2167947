// `gradsplit bench`: one short run with everything it can write, and what a comparison does to the exit code.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBenchResult } from '../../bench/index.ts';
import { benchSchema } from '../../src/experiments/schemas/bench.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();

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
  const run = gradsplit([
    'bench',
    'softmax',
    '--json',
    place.path('out.json'),
    '--csv',
    csv,
    '--compare',
    before,
  ]);
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

describe('without a measurement', () => {
  test('--explain says what is measured', () => {
    const { code, stdout, stderr } = gradsplit(['bench', 'softmax', '--explain']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^softmax: /);
  });

  test.each([
    ['no JSON', 'x', /not valid JSON at line 1/],
    ['another document', '{"schema":"gradsplit/exact@1"}', /schema/],
    ['an unknown field', baseline(1).replace('"build"', '"buld"'), /buld/],
    ['a missing file', undefined, /there is no such file/],
  ])('a baseline that is %s is refused first', (_, content, message) => {
    const path = content === undefined ? place.path('no.json') : place.file('bad.json', content);
    const { code, stdout, stderr } = gradsplit(['bench', 'softmax', '--compare', path]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^gradsplit: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});
