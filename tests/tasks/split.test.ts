// The split of every task is a split: no class of solutions that OOD asks for is ever the solution of a training prompt.
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import type { Split, Task } from '../../src/tasks/index.ts';
import { CASES } from './tasks.ts';

const DRAWS = 1500;

function classesOf(task: Task, split: Split, classes: (prompt: string) => string[]): Set<string> {
  const random = randomStream(1, split);
  const prompts = Array.from({ length: DRAWS }, () => task.tokens.decode(task.prompt(split, random)));
  return new Set(prompts.flatMap(classes));
}

describe.each(CASES)('$name', ({ task, classes }) => {
  test('no OOD solution is the solution of a training prompt', () => {
    const seen = classesOf(task, 'id', classes);
    const held = classesOf(task, 'ood', classes);
    expect(seen.size).toBeGreaterThan(0);
    expect(held.size).toBeGreaterThan(0);
    expect([...held].filter((c) => seen.has(c))).toEqual([]);
  });

  test('prompts hold legal tokens and come from their stream alone', () => {
    for (const split of ['id', 'ood'] as const) {
      const prompt = task.prompt(split, randomStream(7, split));
      expect(prompt.map((token, i) => task.promptLegal[i]!.includes(token))).not.toContain(false);
      expect(prompt).toHaveLength(task.promptLegal.length);
      expect(task.prompt(split, randomStream(7, split))).toEqual(prompt);
    }
  });
});
