// Right attempts are right, wrong ones wrong, near misses near; checks against answers computed here from the texts.
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import {
  ERROR_KINDS,
  parsePrompt,
  pickSum as pickSumKind,
  type Task,
  wrongAttempt,
} from '../../src/tasks/index.ts';
import { CASES, everyAttempt } from './tasks.ts';

/** Whether an attempt is right, from the texts of prompt and attempt. */
const RIGHT: Record<string, (prompt: string, attempt: string) => boolean> = {
  addition: (prompt, attempt) => {
    const [a, b] = prompt.slice(0, -1).split('+');
    return Number(attempt) === Number(a) + Number(b);
  },
  multiplication: (prompt, attempt) => {
    const [a, b] = prompt.slice(0, -1).split('*');
    return Number(attempt) === Number(a) * Number(b);
  },
  linear: (prompt, attempt) => {
    const [, a, b, c] = /^(\d)x\+(\d)y=(\d+)$/.exec(prompt)!;
    return Number(a) * Number(attempt[0]) + Number(b) * Number(attempt[1]) === Number(c);
  },
  pickSum: (prompt, attempt) => {
    const [digits, target] = prompt.split('=') as [string, string];
    const rest = [...digits];
    for (const digit of attempt) {
      if (!rest.includes(digit)) return false;
      rest.splice(rest.indexOf(digit), 1);
    }
    return [...attempt].reduce((sum, digit) => sum + Number(digit), 0) === Number(target);
  },
  countdown: (prompt, attempt) => {
    const [digits, target] = prompt.split('=') as [string, string];
    const [a, p, b, q, c] = [...attempt] as [string, string, string, string, string];
    const step = (x: number, o: string, y: number): number => (o === '+' ? x + y : o === '-' ? x - y : x * y);
    const value = step(step(Number(a), p, Number(b)), q, Number(c));
    return [a, b, c].sort().join('') === [...digits].sort().join('') && value === Number(target);
  },
  factors: (prompt, attempt) => {
    const [a, b] = attempt.split('*');
    return Number(a) * Number(b) === Number(prompt.slice(0, 4));
  },
  jsonl: (prompt, attempt) => `${Number.parseInt(prompt, 10) ** 2}` === attempt,
};

describe.each(CASES)('$name', ({ task }) => {
  const isRight = (prompt: number[], attempt: readonly number[]): boolean =>
    RIGHT[task.name]!(task.tokens.decode(prompt), task.tokens.decode(attempt));

  test('solutions are right, synthetic errors wrong, both legal', () => {
    const random = randomStream(2, 'attempts');
    for (let i = 0; i < 300; i++) {
      const prompt = task.prompt(i % 2 === 0 ? 'id' : 'ood', random);
      const right = task.solution(prompt, random);
      expect(isRight(prompt, right)).toBe(true);
      expect(task.check(prompt, right)).toBe(true);
      for (const kind of ERROR_KINDS) {
        const wrong = wrongAttempt(task, prompt, kind, random);
        expect(isRight(prompt, wrong)).toBe(false);
        expect(task.check(prompt, wrong)).toBe(false);
        expect(wrong.map((token, at) => task.attemptLegal[at]!.includes(token))).not.toContain(false);
      }
    }
  });

  test('a near miss differs from a right attempt in one token', () => {
    const random = randomStream(3, 'near');
    for (let i = 0; i < 50; i++) {
      const prompt = task.prompt('id', random);
      const wrong = wrongAttempt(task, prompt, 'nearMiss', random);
      const near = wrong.some((_, at) =>
        task.attemptLegal[at]!.some((token) => task.check(prompt, wrong.with(at, token))),
      );
      expect(near).toBe(true);
    }
  });
});

const enumerable = CASES.filter(({ task }) => everyAttempt(task) !== undefined);

test.each(enumerable)('$name: check agrees on every legal attempt', ({ task }) => {
  const random = randomStream(4, 'every');
  const prompt = task.prompt('id', random);
  const text = task.tokens.decode(prompt);
  for (const attempt of everyAttempt(task)!) {
    expect(task.check(prompt, attempt)).toBe(RIGHT[task.name]!(text, task.tokens.decode(attempt)));
  }
});

describe('prompts as text', () => {
  const pickSum: Task = pickSumKind.create();

  test('are read back', () => {
    for (const { task } of CASES) {
      const prompt = task.prompt('id', randomStream(5, 'text'));
      expect(parsePrompt(task, task.tokens.decode(prompt))).toEqual(prompt);
    }
  });

  test.each([
    ['35a924=12', 'character "a" is not a token'],
    ['35192=12', 'expected 9 characters, found 8'],
    ['', 'expected 9 characters, found 0'],
    ['350924=12', 'character 3 must be one of 123456789, found 0'],
  ])('%s is refused', (text, message) => {
    expect(() => parsePrompt(pickSum, text)).toThrow(message);
  });
});
