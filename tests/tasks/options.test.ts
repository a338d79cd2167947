// Bad sizes and bad files end in one sentence that names the place.
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { getTask, jsonl, type Task, taskKinds } from '../../src/tasks/index.ts';
import { LINES } from './tasks.ts';

const fromText = (text: string, source: string): Task => jsonl.create({}, { text, source });

test.each([
  ['pickSum', { digit: 6 }, 'pickSum: unknown option "digit" (did you mean "digits"?)'],
  ['pickSum', { digits: 3 }, 'pickSum: option digits: expected an integer from 4 to 9, found 3'],
  [
    'addition',
    { splitBy: 'carry' },
    'addition: option splitBy: expected one of carries, digits, found "carry"',
  ],
  ['addition', { mostCarries: 3 }, 'mostCarries must be below digits'],
  ['multiplication', { digits: 2, mostCarries: 2 }, 'mostCarries must be below digits'],
  ['linear', { heldOut: 1 }, 'linear: option heldOut: expected a number above 0 and below 1, found 1'],
  ['countdown', { splitSeed: -1 }, 'countdown: option splitSeed: expected an integer of at least 0'],
] as const)('%s %j', (name, options, message) => {
  expect(() => getTask(name).create(options)).toThrow(message);
  expect(() => getTask(name).create(options)).toThrow(InputError);
});

test('every task has its options documented', () => {
  for (const { options } of taskKinds()) {
    for (const { sentence } of Object.values(options)) expect(sentence).toMatch(/\.$/);
  }
});

test.each([
  ['', 'q.jsonl: expected lines with prompt and answer, found none'],
  ['\n \n', 'q.jsonl: expected lines with prompt and answer, found none'],
  ['{"prompt":"a","answer":"b"}\n{"prompt":"a"', 'q.jsonl: line 2'],
  ['[1]', 'q.jsonl: line 1: expected an object with prompt and answer, found an array of 1'],
  ['{"prompt":"a","anser":"b"}', 'q.jsonl: line 1: unknown field "anser" (did you mean "answer"?)'],
  ['{"prompt":"a"}', 'q.jsonl: line 1: answer must be a text of at least one character, found nothing'],
  ['{"prompt":"a","answer":3}', 'q.jsonl: line 1: answer must be a text of at least one character, found 3'],
  ['{"prompt":"","answer":"b"}', 'q.jsonl: line 1: prompt must be a text'],
  ['{"prompt":"a","prompt":"c","answer":"b"}', 'q.jsonl: line 1'],
  [
    '{"prompt":"a","answer":"b"}\n{"prompt":"a","answer":"c"}',
    'q.jsonl: line 2: the prompt "a" has another answer',
  ],
  ['{"prompt":"a","answer":"b"}', 'q.jsonl: of 1 prompts none falls into the split'],
])('jsonl %j', (text, message) => {
  expect(() => fromText(text, 'q.jsonl')).toThrow(message);
  expect(() => fromText(text, 'q.jsonl')).toThrow(InputError);
});

test('a line more leaves the split of the others as it is', () => {
  const task = fromText(LINES, 'a');
  const longer = fromText(`${LINES}\n{"prompt":"41 squared","answer":"1681"}`, 'a');
  const prompts = (t: typeof task): Set<string> => {
    const drawn = new Set<string>();
    for (let i = 0; i < 400; i++) {
      let n = i;
      const random = {
        uniform: () => 0,
        normal: () => 0,
        integer: (bound: number) => n++ % bound,
        split: () => random,
      };
      drawn.add(t.tokens.decode(t.prompt('ood', random)));
    }
    return drawn;
  };
  const without = [...prompts(longer)].filter((prompt) => !prompt.startsWith('41 '));
  expect(new Set(without)).toEqual(prompts(task));
});
