// Beam search against all sequences, and what it misses when it is narrow.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import { beamSearch } from '../../src/episodes/index.ts';

const V = 3;
const LENGTH = 4;

/** Random log-probs after every prefix, the same whenever they are asked for. */
function policy(seed: number): (prefix: readonly number[]) => number[] {
  return (prefix) => {
    const random = randomStream(seed, prefix.join(','));
    const weights = Array.from({ length: V }, () => Math.exp(random.normal()));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => Math.log(w / sum));
  };
}

/** Every sequence with its score, the best first. */
function all(of: (prefix: readonly number[]) => number[]): { tokens: number[]; score: number }[] {
  let some: { tokens: number[]; score: number }[] = [{ tokens: [], score: 0 }];
  for (let t = 0; t < LENGTH; t++) {
    some = some.flatMap(({ tokens, score }) =>
      of(tokens).map((x, a) => ({ tokens: [...tokens, a], score: score + x })),
    );
  }
  return some.sort((a, b) => b.score - a.score);
}

test('a beam that drops nothing finds the best sequences; width 1 is greedy', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const of = policy(seed);
      const search = (width: number) =>
        beamSearch({ width, length: LENGTH, next: (prefixes) => prefixes.map(of) });
      expect(search(V ** LENGTH)).toEqual(all(of));
      const greedy: number[] = [];
      for (let t = 0; t < LENGTH; t++) greedy.push(of(greedy).indexOf(Math.max(...of(greedy))));
      expect(search(1)[0]!.tokens).toEqual(greedy);
      expect(search(V ** (LENGTH - 1))[0]).toEqual(all(of)[0]);
    }),
    { numRuns: 30 },
  );
});

test('a narrow beam misses a sequence that begins badly', () => {
  const next = (prefixes: readonly (readonly number[])[]) =>
    prefixes.map((prefix) =>
      prefix.length === 0
        ? [Math.log(0.6), Math.log(0.4)]
        : prefix[0] === 0
          ? [Math.log(0.5), Math.log(0.5)]
          : [Math.log(0.99), Math.log(0.01)],
    );
  expect(beamSearch({ width: 1, length: 2, next })[0]!.tokens).toEqual([0, 0]);
  expect(beamSearch({ width: 2, length: 2, next })[0]!.tokens).toEqual([1, 0]);
});

test('refuses a width or a length that is no count', () => {
  const next = () => [];
  expect(() => beamSearch({ width: 0, length: 2, next })).toThrow(/width must be an integer ≥ 1, found 0/);
  expect(() => beamSearch({ width: 1, length: 1.5, next })).toThrow(
    /length must be an integer ≥ 1, found 1\.5/,
  );
});
