// What tests of tasks share: every task in several sizes, and the class that its split is made by, written out here again.
import {
  addition,
  countdown,
  factors,
  jsonl,
  linear,
  multiplication,
  pickSum,
  type Task,
  type Tokens,
} from '../../src/tasks/index.ts';

/** A task with the classes of the right attempts of a prompt. */
export interface Case {
  readonly name: string;
  readonly task: Task;
  /** Names of the classes that a prompt's solutions fall into. */
  readonly classes: (prompt: string) => string[];
}

const sorted = (digits: readonly number[]): string => [...digits].sort((a, b) => a - b).join('');

function carries(a: string, b: string): string {
  let carry = 0;
  let count = 0;
  for (let i = a.length - 1; i >= 0; i--) {
    carry = Number(a[i]) + Number(b[i]) + carry > 9 ? 1 : 0;
    count += carry;
  }
  return `${count} carries`;
}

function productCarries(a: string, factor: number): string {
  let carry = 0;
  let count = 0;
  for (const digit of [...a].reverse()) {
    carry = Math.floor((Number(digit) * factor + carry) / 10);
    if (carry > 0) count++;
  }
  return `${count} carries`;
}

function pickSumTriples(prompt: string): string[] {
  const [digits, target] = prompt.split('=') as [string, string];
  const found = new Set<string>();
  for (let i = 0; i < digits.length; i++) {
    for (let j = i + 1; j < digits.length; j++) {
      for (let k = j + 1; k < digits.length; k++) {
        const triple = [i, j, k].map((at) => Number(digits[at]));
        if (triple[0]! + triple[1]! + triple[2]! === Number(target)) found.add(sorted(triple));
      }
    }
  }
  return [...found];
}

/** Forty questions of different lengths. */
export const LINES: string = Array.from({ length: 40 }, (_, i) =>
  JSON.stringify({ prompt: `${i} squared`, answer: `${i * i}` }),
).join('\n');

export const CASES: readonly Case[] = [
  {
    name: 'addition by carries',
    task: addition.create(),
    classes: (prompt) => [carries(...(prompt.slice(0, -1).split('+') as [string, string]))],
  },
  {
    name: 'addition by digits',
    task: addition.create({ digits: 4, splitBy: 'digits' }),
    classes: (prompt) => [prompt[0] === '0' && prompt[5] === '0' ? 'short' : 'long'],
  },
  {
    name: 'multiplication',
    task: multiplication.create({ digits: 4, mostCarries: 2 }),
    classes: (prompt) => [productCarries(prompt.slice(0, 4), Number(prompt[5]))],
  },
  {
    name: 'linear',
    task: linear.create(),
    classes: (prompt) => [sorted([Number(prompt[0]), Number(prompt[3])])],
  },
  { name: 'pickSum', task: pickSum.create(), classes: pickSumTriples },
  {
    name: 'pickSum, other sizes',
    task: pickSum.create({ digits: 5, heldOut: 0.5, splitSeed: 3 }),
    classes: pickSumTriples,
  },
  {
    name: 'countdown',
    task: countdown.create(),
    classes: (prompt) => [sorted([...prompt.slice(0, 3)].map(Number))],
  },
  {
    name: 'factors',
    task: factors.create(),
    classes: (prompt) => {
      const n = Number(prompt.slice(0, 4));
      const twoDigits = Array.from({ length: 90 }, (_, i) => 10 + i);
      return twoDigits
        .filter((a) => twoDigits.some((b) => b >= a && a * b === n))
        .map((a) => `${a},${n / a}`);
    },
  },
  {
    name: 'jsonl',
    task: jsonl.create({}, { text: LINES, source: 'squares.jsonl' }),
    classes: (prompt) => [prompt],
  },
];

/** Every attempt that is legal, unless there are too many to list. */
export function everyAttempt({ attemptLegal }: Task, most = 20_000): Tokens[] | undefined {
  const count = attemptLegal.reduce((n, legal) => n * legal.length, 1);
  if (count > most) return undefined;
  return attemptLegal.reduce<Tokens[]>(
    (prefixes, legal) => prefixes.flatMap((prefix) => legal.map((token) => [...prefix, token])),
    [[]],
  );
}
