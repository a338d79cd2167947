// Sizes and canonical order of histories and trajectories, against words listed in lexicographic order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import {
  checkEnumerable,
  countTrajectories,
  decisionKeys,
  decisionRowOffset,
  decisionRows,
  digitsInBase,
  leafKeys,
  leafOffset,
  leaves,
  MAX_TRAJECTORIES,
  type PolicyShape,
  sampleKeys,
  sampleRowOffset,
  sampleRows,
} from '../../src/policy/shape.ts';
import { historyKeys, words } from '../oracle/bruteForce.ts';
import { shapesUpTo } from '../oracle/policies.ts';

const SHAPES = [
  ...shapesUpTo(400),
  { attempts: 1, length: 4, vocabulary: 2 },
  { attempts: 1, length: 1, vocabulary: 11 },
];
const attemptsIn = (key: string): number => key.split('/').length;

describe.each(SHAPES)('attempts $attempts, length $length, vocabulary $vocabulary', (shape) => {
  const { attempts, length, vocabulary } = shape;

  test('keys come in canonical order', () => {
    expect([...sampleKeys(shape)]).toEqual(historyKeys(shape, 'sample'));
    expect([...decisionKeys(shape)]).toEqual(historyKeys(shape, 'decision'));
    // Trajectories are the decision histories of a shape with one attempt more.
    const longer = { ...shape, attempts: attempts + 1 };
    expect([...leafKeys(shape)]).toEqual(historyKeys(longer, 'decision'));
  });

  test('counts are the numbers of keys', () => {
    expect(sampleRows(shape)).toBe(historyKeys(shape, 'sample').length);
    expect(decisionRows(shape)).toBe(historyKeys(shape, 'decision').length);
    expect(leaves(shape)).toBe([...leafKeys(shape)].length);
    expect(countTrajectories(shape)).toBe(BigInt(leaves(shape)));
  });

  test('offsets say where each attempt begins', () => {
    const samples = historyKeys(shape, 'sample');
    const decisions = historyKeys(shape, 'decision');
    const all = [...leafKeys(shape)];
    for (let k = 1; k <= attempts; k++) {
      for (let t = 0; t < length; t++) {
        const first = new Array<string>(k).fill(new Array<number>(length).fill(0).join());
        first[k - 1] = new Array<number>(t).fill(0).join();
        expect(samples[sampleRowOffset(shape, k, t)]).toBe(first.join('/'));
      }
      if (k < attempts)
        expect(decisionRowOffset(shape, k)).toBe(decisions.findIndex((key) => attemptsIn(key) === k));
      expect(leafOffset(shape, k)).toBe(all.findIndex((key) => attemptsIn(key) === k));
    }
    expect(words(vocabulary, length)).toHaveLength(leafOffset(shape, 2));
  });
});

test('the keys of the documented example', () => {
  const shape = { attempts: 2, length: 2, vocabulary: 2 };
  const keys = [...sampleKeys(shape)];
  for (const key of ['', '0', '0,1/', '0,1/1']) expect(keys).toContain(key);
  expect([...decisionKeys(shape)]).toContain('0,1');
  expect([...leafKeys(shape)]).toContain('0,1/1,1');
  expect([...decisionKeys({ ...shape, attempts: 1 })]).toEqual([]);
});

test('digits are those of the base-V number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 36 }), fc.nat(1_000_000), (vocabulary, index) => {
      const text = index.toString(vocabulary);
      const digits = digitsInBase(index, vocabulary, text.length + 2);
      expect(digits.map((d) => d.toString(36)).join('')).toBe(`00${text}`);
    }),
  );
  expect(digitsInBase(0, 2, 0)).toEqual([]);
});

describe('the limit', () => {
  const shape = (attempts: number, length: number, vocabulary: number): PolicyShape => ({
    attempts,
    length,
    vocabulary,
  });
  const message = (given: PolicyShape): string => {
    try {
      checkEnumerable(given);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
    return 'allowed';
  };

  test('two million trajectories are the most', () => {
    expect(MAX_TRAJECTORIES).toBe(2_000_000);
    expect(message(shape(1, 1, 2_000_000))).toBe('allowed');
    expect(message(shape(1, 1, 2_000_001))).toBe(
      'attempts 1, length 1, vocabulary 2000001 give 2000001 trajectories; at most 2000000 can be enumerated',
    );
    // 2 + 4 + … + 2^19 = 2^20 − 2; one attempt more is 2^21 − 2.
    expect(message(shape(19, 1, 2))).toBe('allowed');
    expect(message(shape(20, 1, 2))).toContain('give 2097150 trajectories');
    expect(message(shape(1, 20, 2))).toBe('allowed');
    expect(message(shape(1, 21, 2))).toContain('give 2097152 trajectories');
  });

  test('counts beyond 2^53 are exact up to 10^15 and then a power of ten', () => {
    expect(message(shape(1, 49, 2))).toContain('give 562949953421312 trajectories');
    expect(message(shape(1, 60, 2))).toContain('give about 10^18 trajectories');
    expect(message(shape(10, 10, 10))).toContain('give about 10^100 trajectories');
    // 2^67 − 2 = 1.5·10^20, though V^(KL) = 2^66 = 7.4·10^19.
    expect(message(shape(66, 1, 2))).toContain('give about 10^20 trajectories');
  });

  test('absurd sizes are refused at once', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(countTrajectories(shape(most, most, most))).toBe(Number.POSITIVE_INFINITY);
    expect(message(shape(most, 1, 2))).toMatch(/give about 10\^2711437152599\d{3} trajectories/);
    expect(message(shape(most, most, most))).toContain('at most 2000000');
    expect(message(shape(2048, 2, 2))).toContain('give about 10^1233 trajectories');
  });

  test('the count is the sum over attempts, in integers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 99 }),
        (a, l, v) => {
          let total = 0n;
          for (let k = 1; k <= a; k++) total += BigInt(v) ** BigInt(k * l);
          expect(countTrajectories(shape(a, l, v))).toBe(total);
          expect(message(shape(a, l, v)) === 'allowed').toBe(total <= 2_000_000n);
        },
      ),
    );
  });
});
