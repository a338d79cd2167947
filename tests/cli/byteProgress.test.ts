// What is said while rollouts are read: sizes, rates and the time left, of the pass that is going on.
import { afterEach, expect, test, vi } from 'vitest';
import { byteProgress } from '../../src/cli/byteProgress.ts';

afterEach(() => vi.restoreAllMocks());

/** Bytes read of so many, with the milliseconds at which that is told; lines on stderr. */
async function said(
  total: number | undefined,
  steps: readonly (readonly [done: number, at: number])[],
): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text).trim()) > 0);
  let now = 0;
  const progress = await byteProgress(() => now);
  for (const [done, at] of steps) {
    now = at;
    progress.update({ done, total, file: 'a.jsonl' });
  }
  progress.stop();
  return lines;
}

test('nothing within a second; then a line in ten seconds', async () => {
  const steps = [
    [10e6, 900],
    [24e6, 2000],
    [30e6, 3000],
    [60e6, 12_000],
  ] as const;
  expect(await said(120e6, steps)).toEqual([
    '[25/120] MB 12 MB/s, about 10 s left a.jsonl',
    '[61/120] MB 5 MB/s, about 20 s left a.jsonl',
  ]);
});

test('what is small is counted in kilobytes', async () => {
  expect(await said(400_000, [[200_000, 4000]])).toEqual(['[201/400] kB 50 kB/s, about 10 s left a.jsonl']);
  expect(await said(9_000_000, [[9_000_000, 2000]])).toEqual([
    '[9000/9000] kB 5 MB/s, about 0 s left a.jsonl',
  ]);
});

test('every pass has its own rate and its own time', async () => {
  const steps = [
    [100e6, 100_000],
    // The second pass begins.
    [1e6, 200_000],
    [50e6, 220_000],
  ] as const;
  expect(await said(100e6, steps)).toEqual([
    '[100/100] MB 1 MB/s, about 0 s left a.jsonl',
    '[51/100] MB again, 3 MB/s, about 20 s left a.jsonl',
  ]);
});

test('a pipe does not say how much comes', async () => {
  expect(
    await said(undefined, [
      [20e6, 2000],
      [100e6, 20_000],
    ]),
  ).toEqual(['100 MB of a.jsonl, 5 MB/s']);
});
