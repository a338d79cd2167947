// Policies by odds: read as logits and kept as fractions; written as they were read; wrong odds end in one sentence with the place.
import { describe, expect, test } from 'vitest';
import {
  decimalFraction,
  fraction,
  fractionToNumber,
  logOfFraction,
  showFraction,
} from '../../src/algebra/fraction.ts';
import { InputError } from '../../src/base/errors.ts';
import { policySchema } from '../../src/documents/policy.ts';
import { parsePolicy, policyChunks } from '../../src/policy/format.ts';
import { readFiles } from '../structure/files.ts';

const odds = {
  sample: { '': [1, 2], '0/': ['3/7', 1], '1/': [5, '6/4'] },
  decision: { '0': [1, 3], '1': ['7/2', 1] },
};
const document = {
  format: 'gradsplit/policy@1',
  attempts: 2,
  length: 1,
  vocabulary: 2,
  reward: { target: [1], attemptCost: '1/20' },
  odds,
  reference: { sample: { '': [1, 1], '0/': [1, 1], '1/': [2, 1] }, decision: { '0': [1, 1], '1': [1, 1] } },
};
type Document = typeof document;

const read = (value: unknown) => parsePolicy(JSON.stringify(value), 'mine.json');
const written = (value: unknown): unknown => JSON.parse([...policyChunks(read(value))].join(''));

test('odds become logits, and stay beside them as fractions in lowest terms', () => {
  const { logits, reference, reward } = read(document);
  const expected = [1, 2, 3 / 7, 1, 5, 1.5].map(Math.log);
  expect([...logits.sample]).toEqual(expected);
  expect([...logits.decision]).toEqual([1, 3, 3.5, 1].map(Math.log));
  expect(logits.odds?.sample.map(showFraction)).toEqual(['1', '2', '3/7', '1', '5', '3/2']);
  expect(logits.odds?.decision.map(showFraction)).toEqual(['1', '3', '7/2', '1']);
  expect(reference.odds?.sample.map(showFraction)).toEqual(['1', '1', '1', '1', '2', '1']);
  expect(reward).toEqual({ kind: 'target', target: [1], attemptCost: 0.05, exactCost: { n: 1n, d: 20n } });
});

test('what is written is what was read, and reads as the same policy', () => {
  const inLowestTerms = structuredClone(document);
  inLowestTerms.odds.sample['1/'] = [5, '3/2'];
  const table = { '0': '1/3', '1': 1, '0/0': 0.25, '0/1': 2, '1/0': '-7/2', '1/1': 1e-7 };
  for (const sample of [
    inLowestTerms,
    {
      ...inLowestTerms,
      reference: {
        logits: {
          sample: { '': [0, 1], '0/': [0, 1], '1/': [0, 1] },
          decision: { '0': [0, 1], '1': [0, 1] },
        },
      },
    },
    {
      ...inLowestTerms,
      odds: undefined,
      logits: { sample: { '': [0, 1], '0/': [0, 1], '1/': [0, 1] }, decision: { '0': [0, 1], '1': [0, 1] } },
      reference: { odds: document.reference },
    },
    { ...inLowestTerms, reward: { attemptCost: 0.05, target: [0] } },
  ]) {
    expect(written(sample)).toEqual(JSON.parse(JSON.stringify(sample)));
    expect(read(written(sample))).toStrictEqual(read(sample));
    expect(policySchema.safeParse(written(sample)).success).toBe(true);
  }
  const { reward } = read({ ...document, reward: { table } });
  expect(reward.kind === 'table' && reward.exactValues?.map(showFraction)).toEqual([
    '1/3',
    '1',
    '1/4',
    '2',
    '-7/2',
    '1/10000000',
  ]);
  expect(reward.kind === 'table' && [...reward.values]).toEqual([1 / 3, 1, 0.25, 2, -3.5, 1e-7]);
  const again = written({ ...document, reward: { table } });
  expect(read(again).reward).toStrictEqual(reward);
});

test('the example of the documentation is one', () => {
  const [example] = [...readFiles('docs', ['formats.md']).values()]
    .join('')
    .match(/\{\n {2}"format"[^`]*"odds"[^`]*/)!;
  expect(policySchema.safeParse(JSON.parse(example)).success).toBe(true);
  expect(parsePolicy(example, 'docs').logits.odds?.sample).toHaveLength(6);
});

describe('wrong files', () => {
  const messageOf = (change: (document: Document) => unknown): string => {
    const spoiled = structuredClone(document);
    const result = change(spoiled);
    try {
      read(typeof result === 'object' ? result : spoiled);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
    return 'accepted';
  };
  const wanted = 'expected an integer or a fraction such as "3/7", above 0';
  const hex = '0x10';

  test.each([
    [0, '0'],
    [-1, '-1'],
    [0.5, '0.5'],
    [2 ** 53, '9007199254740992'],
    ['0', '"0"'],
    ['-3/7', '"-3/7"'],
    ['3/0', '"3/0"'],
    ['0.5', '"0.5"'],
    [hex, '"0x10"'],
    ['', '""'],
    [null, 'null'],
  ])('%j is no odds', (value, shown) => {
    const spoil = (d: Document): unknown => ({
      ...d,
      odds: { ...d.odds, sample: { ...d.odds.sample, '0/': [1, value] } },
    });
    expect(messageOf(spoil)).toBe(`mine.json: odds.sample["0/"][1]: ${wanted}, found ${shown}`);
    expect(policySchema.safeParse(spoil(document)).success).toBe(false);
  });

  test('odds and logits, costs, references', () => {
    const logits = { sample: {}, decision: {} };
    expect(messageOf((d) => ({ ...d, logits }))).toBe(
      'mine.json: expected either logits or odds, found both',
    );
    expect(messageOf((d) => ({ ...d, reference: { logits, odds } }))).toBe(
      'mine.json: reference: expected either logits or odds, found both',
    );
    expect(messageOf((d) => ({ ...d, odds: undefined }))).toBe(
      'mine.json: logits is missing; expected an object',
    );
    expect(messageOf((d) => ({ ...d, reward: { target: [1], attemptCost: '1/0' } }))).toBe(
      'mine.json: reward.attemptCost: expected a finite number or a fraction such as "3/7", found "1/0"',
    );
    const reference = { ...document.reference, decision: { '0': [1, 1], '1': [1, 0] } };
    expect(messageOf((d) => ({ ...d, reference }))).toBe(
      `mine.json: reference.decision["1"][1]: ${wanted}, found 0`,
    );
    expect(messageOf((d) => ({ ...d, reference: { odds: reference } }))).toBe(
      `mine.json: reference.odds.decision["1"][1]: ${wanted}, found 0`,
    );
    expect(messageOf((d) => ({ ...d, ods: d.odds }))).toContain(
      'ods is an unknown field (did you mean "odds"?)',
    );
  });
});

test('fractions as numbers, as logarithms, and from decimals', () => {
  const huge = 10n ** 900n;
  expect(
    [fraction(1n, 3n), fraction(-7n, 2n), fraction(3n * huge, 7n * huge + 7n)].map(fractionToNumber),
  ).toEqual([1 / 3, -3.5, 3 / 7]);
  expect([fraction(huge), fraction(-1n, huge)].map(fractionToNumber)).toEqual([Number.POSITIVE_INFINITY, -0]);
  expect(logOfFraction(fraction(huge))).toBeCloseTo(900 * Math.LN10, 9);
  expect(logOfFraction(fraction(3n, huge))).toBeCloseTo(Math.log(3) - 900 * Math.LN10, 9);
  const decimals = [0.05, -2.5e-7, 3, 1e21, 1.5e300, -0, 123.456];
  expect(decimals.map((x) => showFraction(decimalFraction(x)))).toEqual([
    '1/20',
    '-1/4000000',
    '3',
    `1${'0'.repeat(21)}`,
    `15${'0'.repeat(299)}`,
    '0',
    '15432/125',
  ]);
});
