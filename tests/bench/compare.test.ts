// Comparing two runs, and writing and reading one.
import { describe, expect, it } from 'vitest';
import {
  type BenchResult,
  benchCsv,
  type CaseResult,
  compareBench,
  readBenchResult,
} from '../../bench/index.ts';
import { InputError } from '../../src/base/errors.ts';

function caseOf(name: string, value: number, relativeHalf: number, ofCeiling: number): CaseResult {
  return {
    suite: 'gemm',
    name,
    unit: 'GFLOP/s',
    value,
    ci95: [value * (1 - relativeHalf), value * (1 + relativeHalf)],
    samples: [value, value],
    ofCeiling,
    peers: {},
    warnings: [],
  };
}

function resultOf(...results: CaseResult[]): BenchResult {
  return {
    schema: 'gradsplit/bench@1',
    machine: { cpu: 'A, "B"', node: '20.20.2', threads: 1 },
    build: 'plain',
    ceiling: { gflops: 50, how: 'measured' },
    results,
  };
}

describe('compareBench', () => {
  it('calls a clear loss a loss, a clear gain a gain, and noise nothing', () => {
    const before = resultOf(
      caseOf('a', 30, 0.01, 0.6),
      caseOf('b', 30, 0.01, 0.6),
      caseOf('c', 30, 0.2, 0.6),
      caseOf('d', 30, 0.01, 0.6),
    );
    const after = resultOf(
      caseOf('a', 24, 0.01, 0.48),
      caseOf('b', 36, 0.01, 0.72),
      caseOf('c', 24, 0.2, 0.48),
      caseOf('d', 29, 0.001, 0.58),
    );
    const comparison = compareBench(after, before);
    expect(comparison.cases.map((c) => c.verdict)).toEqual(['loss', 'gain', 'same', 'same']);
    expect(comparison.losses.map((c) => c.name)).toEqual(['a']);
    expect(comparison.cases[0]!.ratio).toBeCloseTo(0.8, 12);
    // √(0.01² + 0.01²)·0.8
    expect(comparison.cases[0]!.ci95[1] - 0.8).toBeCloseTo(0.8 * Math.SQRT2 * 0.01, 12);
    expect(comparison.notes).toEqual([]);
  });

  it('compares shares of the ceiling, not values: a faster machine is no gain', () => {
    const comparison = compareBench(
      resultOf(caseOf('a', 60, 0.01, 0.6)),
      resultOf(caseOf('a', 30, 0.01, 0.6)),
    );
    expect(comparison.cases[0]!.verdict).toBe('same');
  });

  it('refuses runs without a common case: nothing was compared', () => {
    expect(() => compareBench(resultOf(caseOf('a', 1, 0, 0.1)), resultOf(caseOf('b', 1, 0, 0.1)))).toThrow(
      'expected a case of the baseline among those that are run, found none',
    );
  });

  it('lists what was not run and what else differs', () => {
    const now = { ...resultOf(caseOf('a', 1, 0, 0.1)), build: 'relaxed' };
    const comparison = compareBench(now, resultOf(caseOf('a', 1, 0, 0.1), caseOf('b', 1, 0, 0.1)));
    expect(comparison.missing).toEqual(['gemm b']);
    expect(comparison.notes).toEqual(['build differs: plain in the baseline, relaxed now']);
  });
});

describe('benchCsv', () => {
  it('has one line a case and quotes what needs it', () => {
    const one = { ...caseOf('a', 30, 0.1, 0.6), peers: { x: { value: 2 }, y: { value: 0.5 } } };
    const lines = benchCsv(resultOf(one)).split('\n');
    expect(lines[0]).toBe(
      'suite,name,unit,value,ci95Low,ci95High,samples,ofCeiling,build,cpu,node,threads,ceilingGflops,peers,warnings',
    );
    expect(lines[1]).toBe('gemm,a,GFLOP/s,30,27,33,30 30,0.6,plain,"A, ""B""",20.20.2,1,50,x=2 y=0.5,');
    expect(lines.slice(2)).toEqual(['']);
  });
});

describe('readBenchResult', () => {
  const good = resultOf(caseOf('a', 30, 0.1, 0.6));

  it('accepts what a run wrote', () => {
    expect(readBenchResult(JSON.parse(JSON.stringify(good)), 'base.json')).toEqual(good);
  });

  it.each([
    [null, /^base\.json: /],
    [{ ...good, schema: 'gradsplit/bench@2' }, /^base\.json: schema: /],
    [{ ...good, celing: 1 }, /^base\.json has an unknown field "celing" \(did you mean "ceiling"\?\)$/],
    [{ ...good, results: [{ ...good.results[0], value: 'fast' }] }, /^base\.json: results\[0\]\.value: /],
    [{ ...good, results: [{ ...good.results[0], ci95: [1] }] }, /^base\.json: results\[0\]\.ci95/],
    [{ ...good, results: [{ ...good.results[0], ofCeiling: 0 }] }, /^base\.json: results\[0\]\.ofCeiling: /],
  ])('refuses %j and names the place', (document, message) => {
    expect(() => readBenchResult(document, 'base.json')).toThrow(InputError);
    expect(() => readBenchResult(document, 'base.json')).toThrow(message);
  });
});
