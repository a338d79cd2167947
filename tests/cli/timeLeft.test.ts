// What is said about the time that work still takes.
import { expect, test } from 'vitest';
import { timeLeft } from '../../src/cli/timeLeft.ts';

/** Shares done, and done before, with the milliseconds at which they are told. */
function said(steps: readonly (readonly [share: number, at: number, before?: number])[]): string[] {
  let now = 0;
  const left = timeLeft(() => now);
  return steps.map(([share, at, before]) => {
    now = at;
    return left(share, before);
  });
}

test('the rest takes as long as the same share took', () => {
  expect(
    said([
      [0, 0],
      [0.01, 1000],
      [0.25, 20_000],
      [0.5, 600_000],
      [1, 900_000],
    ]),
  ).toEqual(['', '', ', about 60 s left', ', about 10 min left', ', about 0 s left']);
});

test('what was done before took none of this time', () => {
  expect(said([[0.6, 60_000, 0.5]])).toEqual([', about 4 min left']);
  // It becomes known job after job.
  expect(
    said([
      [0.5, 100, 0.5],
      [0.8, 200, 0.8],
      [0.85, 60_000, 0.8],
    ]),
  ).toEqual(['', '', ', about 3 min left']);
});
