// How long an experiment takes: its cost shared out among workers, and never less than its longest chain.
import { describe, expect, test } from 'vitest';
import { sharedCost } from '../../src/experiments/reproduce/duration.ts';
import type { Job } from '../../src/experiments/reproduce/jobs.ts';

function job(name: string, cost: number, after: readonly string[] = []): Job {
  return {
    name,
    cost,
    after,
    task: { kind: 'evaluate', seed: 1, dir: name, episodes: 1, settings: undefined },
  };
}

describe('the cost of jobs that are worked on at the same time', () => {
  const jobs = [job('a', 6), job('b', 4), job('c', 3, ['a']), job('d', 3, ['b']), job('e', 2, ['c', 'd'])];

  test('is all of it for one worker, or on one core', () => {
    expect(sharedCost(jobs, 1, 8)).toBe(18);
    expect(sharedCost(jobs, 8, 1)).toBe(18);
  });
  test('is shared out among workers and cores', () => {
    expect(sharedCost(jobs, 2, 2)).toBe(11);
    expect(sharedCost([job('a', 6), job('b', 6), job('c', 6)], 3, 8)).toBe(6);
  });
  test('is at least that of the longest chain', () => {
    expect(sharedCost(jobs, 4, 8)).toBe(11);
    expect(sharedCost([job('a', 6), job('b', 1, ['a'])], 2, 2)).toBe(7);
  });
});
