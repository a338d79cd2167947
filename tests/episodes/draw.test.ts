// One draw: probabilities by hand, inversion at its edges, ties, and what cannot be drawn from.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import { atTemperature, greedy, legalLogProbs } from '../../src/episodes/index.ts';

/** A stream that gives one number over and over. */
function always(u: number): RandomStream {
  return { ...randomStream(1, 'draw'), uniform: () => u };
}

const LAST = 1 - 2 ** -53;

describe('log-probabilities', () => {
  test('of the legal tokens only, from their place in the logits', () => {
    const logits = [9, 9, 9, 0, Math.log(2), 50, Math.log(5)];
    const found = legalLogProbs({ logits, start: 3, tokens: [3, 0, 1] });
    [5 / 8, 1 / 8, 2 / 8].forEach((p, i) => {
      expect(Math.abs(Math.exp(found[i]!) - p)).toBeLessThan(4 * 2 ** -53);
    });
  });

  test('of a single token are 0, of impossible ones −Infinity, of large logits finite', () => {
    expect([...legalLogProbs({ logits: [700, 3], start: 0, tokens: [1] })]).toEqual([0]);
    const { NEGATIVE_INFINITY } = Number;
    const logits = [NEGATIVE_INFINITY, 1e4];
    expect([...legalLogProbs({ logits, start: 0, tokens: [0, 1] })]).toEqual([NEGATIVE_INFINITY, 0]);
  });

  test.each([
    [[Number.NaN, 1]],
    [[1, Number.NaN]],
    [[Number.POSITIVE_INFINITY, 1]],
    [[Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ])('of %o are NaN', (logits) => {
    expect([...legalLogProbs({ logits, start: 0, tokens: [0, 1] })]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('a draw', () => {
  // Probabilities 1/2, 0, 1/4, 1/4, whose sums are exact.
  const logProbs = Float64Array.from([0.5, 0, 0.25, 0.25], Math.log);

  test.each([
    [0, 0],
    [0.499999, 0],
    [0.500001, 2],
    [0.749999, 2],
    [0.750001, 3],
    [LAST, 3],
  ])('at u = %d gives position %i', (u, position) => {
    expect(atTemperature(1)(logProbs, always(u))).toBe(position);
  });

  test('at temperature ½ has the squares of the probabilities', () => {
    // 1/4, 1/16, 1/16 of 3/8: the first has 2/3.
    expect(atTemperature(0.5)(logProbs, always(2 / 3 - 1e-9))).toBe(0);
    expect(atTemperature(0.5)(logProbs, always(2 / 3 + 1e-9))).toBe(2);
  });

  test('never gives an impossible token', () => {
    const edge = Float64Array.from([0, 1, 0], Math.log);
    for (const u of [0, 0.5, LAST]) expect(atTemperature(1)(edge, always(u))).toBe(1);
  });

  test('greedy takes the first of the largest', () => {
    expect(greedy(Float64Array.from([-2, -1, -1]), always(0.9))).toBe(1);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('at temperature %d is refused', (temperature) => {
    expect(() => atTemperature(temperature)).toThrow(
      new InputError(`atTemperature: temperature must be a positive number, found ${temperature}`),
    );
  });
});
