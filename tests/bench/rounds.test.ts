// Measuring in turn, and what becomes of the rounds: on made-up contenders, whose times are known.
import { describe, expect, it, test } from 'vitest';
import { speedRatio } from '../../bench/index.ts';
import type { Contender, Effort, Timing } from '../../bench/measure.ts';
import { openPeerCases } from '../../bench/peerCases.ts';
import { inTurn, joined, ratiosOf } from '../../bench/rounds.ts';
import { derivedRows } from '../../bench/rows.ts';
import type { BenchCase } from '../../bench/suite.ts';
import { shareOfLimit } from '../../bench/suite.ts';
import { verdictOf } from '../../bench/verdict.ts';

/** A contender that takes `seconds` and writes its name into the log. */
function fake(name: string, seconds: number, log: string[], efforts: Effort[] = []): Contender {
  return {
    sample(effort) {
      log.push(name);
      efforts.push(effort);
      return { seconds: new Array<number>(effort.minSamples).fill(seconds), callsPerSample: 1 };
    },
  };
}

const timing = (...seconds: number[]): Timing => ({ seconds, callsPerSample: 4 });

describe('inTurn', () => {
  it('divides the effort into rounds and turns the order around', async () => {
    const log: string[] = [];
    const efforts: Effort[] = [];
    const pair = [fake('a', 1, log, efforts), fake('b', 2, log)];
    const [a, b] = await inTurn(pair, { minSamples: 25, maxSeconds: 1 });
    expect(log.slice(0, 6)).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(efforts).toEqual(new Array(10).fill({ minSamples: 3, maxSeconds: 0.1 }));
    expect(joined(a!).seconds).toHaveLength(30);
    expect(ratiosOf(a!, b!)).toEqual(new Array(10).fill(0.5));
  });

  it('measures a single contender in one go, and never in more rounds than samples', async () => {
    const log: string[] = [];
    await inTurn([fake('a', 1, log)], { minSamples: 25, maxSeconds: 1 });
    expect(log).toEqual(['a']);
    await inTurn([fake('b', 1, log), fake('c', 1, log)], { minSamples: 2, maxSeconds: 1 });
    expect(log).toEqual(['a', 'b', 'c', 'c', 'b']);
  });
});

test('where calls take long, three rounds must do', async () => {
  let clock = 0;
  const log: string[] = [];
  const slow = fake('slow', 9, log);
  const sample = (effort: Effort) => {
    clock += 9;
    return slow.sample(effort);
  };
  const pair = [slow, { sample }];
  const timings = await inTurn(pair, { minSamples: 30, maxSeconds: 1 }, () => clock);
  expect(timings.map((rounds) => rounds.length)).toEqual([3, 3]);
  expect(log).toHaveLength(6);
});

describe('ratios', () => {
  it('of a round are those of its medians', () => {
    expect(ratiosOf([timing(1, 9, 2)], [timing(4, 4, 100)])).toEqual([0.5]);
    expect(joined([timing(1), { seconds: [2, 3], callsPerSample: 2 }])).toEqual({
      seconds: [1, 2, 3],
      callsPerSample: 2,
    });
  });

  it('of speeds: twice as fast in every round is 2 exactly, drift of the machine or not', () => {
    const now = [1, 2, 3, 4].map((slow) => timing(slow));
    const other = [1, 2, 3, 4].map((slow) => timing(2 * slow));
    const { ratio, ci95 } = speedRatio(now, other);
    expect(ratio).toBeCloseTo(2, 12);
    expect(ci95[0]).toBeCloseTo(2, 12);
    expect(ci95[1]).toBeCloseTo(2, 12);
  });

  it('of speeds: turning the question around turns the answer around', () => {
    const a = [1, 1.1, 0.9, 1.05].map((s) => timing(s));
    const b = [2, 1.7, 2.2, 2.1].map((s) => timing(s));
    const there = speedRatio(a, b);
    const back = speedRatio(b, a);
    expect(there.ratio * back.ratio).toBeCloseTo(1, 12);
    expect(there.ci95[0] * back.ci95[1]).toBeCloseTo(1, 12);
    expect(there.ci95[0]).toBeLessThan(there.ratio);
  });

  it('become verdicts with a margin', () => {
    expect(verdictOf([0.8, 0.949])).toBe('loss');
    expect(verdictOf([0.8, 0.951])).toBe('same');
    expect(verdictOf([1.051, 1.2])).toBe('gain');
    expect(verdictOf([0.99, 1.2])).toBe('same');
  });
});

describe('less is better for ratios and bytes, more for the rest', () => {
  it('of rates the best sample counts, of ratios the mean', () => {
    expect(shareOfLimit('GFLOP/s', [10, 20], 40)).toBe(0.5);
    expect(shareOfLimit('ratio', [1.5, 2.5], 1)).toBe(0.5);
  });

  it('derived rows', () => {
    const row = {
      ...{ suite: 's', name: 'n', unit: 'GFLOP/s', value: 2, samples: [1, 3], ofCeiling: 0.5 },
      ...{ ci95: [1, 3] as const, peers: { x: { value: 4 } }, warnings: ['w'] },
    };
    const rows = derivedRows(row, [
      { name: 'n tokens', unit: 'token/s', factor: 10 },
      { name: 'n memory', unit: 'MiB', amount: 8, least: 2 },
    ]);
    expect(rows[0]).toEqual({
      ...{ ...row, name: 'n tokens', unit: 'token/s', value: 20, samples: [10, 30], warnings: [] },
      ...{ ci95: [10, 30], peers: { x: { value: 40 } } },
    });
    expect(rows[1]).toMatchObject({ unit: 'MiB', value: 8, ci95: [8, 8], samples: [8], ofCeiling: 0.25 });
  });
});

describe('peers', () => {
  const task = { op: 'softmax', rows: 1, columns: 1, x: new Float32Array(1) } as const;
  const benchCase: BenchCase = {
    name: 'case',
    measure: { unit: 'u', work: 1, ceiling: (g) => g },
    prepare: () => {
      throw new Error('not asked for');
    },
    peerTask: () => task,
  };
  const peer = (name: string, output: number | undefined, released: string[]) => ({
    ...{ name, description: name, close: () => {} },
    prepare: () =>
      output === undefined
        ? undefined
        : { output: () => [output], run: () => {}, release: () => void released.push(name) },
  });

  it('that do the work rightly are timed, wrong ones are named, others left out; all are released', async () => {
    const released: string[] = [];
    const peers = [peer('right', 1, released), peer('wrong', 3, released), peer('none', undefined, released)];
    const open = await openPeerCases(peers, benchCase, (found) => found[0]!);
    expect(open.cases.map((c) => c.name)).toEqual(['right']);
    expect(open.warnings).toEqual([
      'wrong is left out: its error is 3.0 times what it may be; look at its adapter',
    ]);
    await open.close();
    expect(released).toEqual(['wrong', 'right']);
  });

  it('are not asked where there is no task for them', async () => {
    const { peerTask: _, ...alone } = benchCase;
    const open = await openPeerCases([peer('right', 1, [])], alone, () => 1);
    expect(open.cases).toEqual([]);
  });
});
