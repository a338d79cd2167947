// Numbers x + y·s with s² = v: programs over them are the same programs over the field wherever v has a root there, for both roots; and
// the extension of ℚ by a root that it has not is a field.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DivisionByZero } from '../../src/algebra/exactField.ts';
import { hashStream } from '../../src/algebra/hashStream.ts';
import { primeField as field, type PrimeArray } from '../../src/algebra/primeField.ts';
import { type Quadratic, quadraticField } from '../../src/algebra/quadratic.ts';
import { rationalField } from '../../src/algebra/rationals.ts';
import { programs, runProgram, WIDTH } from './programs.ts';

test('random programs agree with those over the field at both roots of a square', () => {
  let seen = 0;
  fc.assert(
    fc.property(programs, fc.nat(), (steps, seed) => {
      const words = hashStream(seed, 'roots');
      const root = field.random(1, words);
      const x: Quadratic<PrimeArray> = {
        plain: field.random(WIDTH, words),
        ofRoot: field.random(WIDTH, words),
        length: WIDTH,
      };
      const extended = quadraticField(field, field.mul(root, root));
      const roots = [root, field.sub(field.from([0]), root)];
      const at = ({ plain, ofRoot }: typeof x, s: PrimeArray): PrimeArray =>
        field.add(plain, field.mul(ofRoot, field.gather(s, new Int32Array(WIDTH))));
      try {
        const found = runProgram(extended, steps, x);
        expect(found.length).toBe(WIDTH);
        for (const s of roots) {
          const expected = runProgram(field, steps, at(x, s));
          expect(field.firstNonZero(field.sub(at(found, s), expected))).toBe(-1);
        }
        seen++;
      } catch (error) {
        if (!(error instanceof DivisionByZero)) throw error;
      }
    }),
    { numRuns: 60 },
  );
  expect(seen).toBeGreaterThan(20);
});

test('ℚ(√2): s² = 2, and 1/(1 + √2) = √2 − 1', () => {
  const extended = quadraticField(rationalField, rationalField.from([2]));
  const s = extended.roots(1);
  const shown = ({ plain, ofRoot }: typeof s): string[] =>
    [plain, ofRoot].map((x) => rationalField.show(x, 0));
  expect(shown(extended.mul(s, s))).toEqual(['2', '0']);
  const inverse = extended.div(extended.ones(1), extended.add(extended.ones(1), s));
  expect(shown(inverse)).toEqual(['-1', '1']);
  expect(extended.slice(extended.roots(3), 1, 9).length).toBe(2);
  expect(() => extended.div(s, extended.sub(s, s))).toThrow(DivisionByZero);
});

test('where v is a square, a divisor other than 0 may have no inverse, and is refused', () => {
  const extended = quadraticField(rationalField, rationalField.from([4]));
  const divisor = extended.sub(extended.roots(1), extended.from([2]));
  expect(() => extended.div(extended.ones(1), divisor)).toThrow(DivisionByZero);
});
