// Dual numbers and degrees of random programs against what the programs are along a random line, found by interpolation.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { degreeField } from '../../src/algebra/degree.ts';
import { dualField } from '../../src/algebra/dual.ts';
import { DivisionByZero } from '../../src/algebra/exactField.ts';
import { hashStream } from '../../src/algebra/hashStream.ts';
import { primeField as field, type PrimeArray } from '../../src/algebra/primeField.ts';
import { occupancy } from '../../src/attribution/recursions.ts';
import { compileTree } from '../../src/policy/tree.ts';
import { evaluate, expansion, interpolate, programs, runProgram, WIDTH } from './programs.ts';

/** More points than any interpolated degrees add up to. */
const POINTS = 45;
const MOST_DEGREE = 20;

const duals = dualField(field);
const secondDuals = dualField(duals);

/** Runs f at t = 0, 1, 2, … of the line u + t·v. */
function alongLine(f: (x: PrimeArray) => PrimeArray, u: PrimeArray, v: PrimeArray): bigint[][] {
  let x = u;
  return Array.from({ length: POINTS + 1 }, () => {
    const values = field.integers(f(x));
    x = field.add(x, v);
    return values;
  });
}

test('of random programs', () => {
  const seen = { quotients: 0, tight: 0 };
  fc.assert(
    fc.property(programs, fc.nat(), (steps, seed) => {
      const words = hashStream(seed, 'line');
      const [u, v] = [field.random(WIDTH, words), field.random(WIDTH, words)];
      const degrees = degreeField();
      const x = degrees.symbols(WIDTH);
      let bounds: ReturnType<typeof degrees.bound>[];
      try {
        const found = runProgram(degrees, steps, x);
        bounds = Array.from({ length: WIDTH }, (_, i) => degrees.bound(degrees.slice(found, i, i + 1)));
      } catch (error) {
        if (error instanceof RangeError) return;
        throw error;
      }
      if (bounds.some(({ degree, denominator }) => degree > MOST_DEGREE || denominator > MOST_DEGREE)) return;
      let values: bigint[][];
      try {
        values = alongLine((at) => runProgram(field, steps, at), u, v);
      } catch (error) {
        // A divisor that is the zero function vanishes at every point.
        if (error instanceof DivisionByZero) return;
        throw error;
      }
      const slopes = runProgram(duals, steps, { value: u, slope: v });
      const second = runProgram(secondDuals, steps, {
        value: { value: u, slope: v },
        slope: duals.constant(v),
      });
      bounds.forEach((bound, i) => {
        const truth = interpolate(values.slice(0, POINTS).map((row) => row[i]!));
        const { numerator, denominator } = truth;
        const t = BigInt(POINTS);
        expect(
          (evaluate(numerator, t) - values[POINTS]![i]! * evaluate(denominator, t)) % (2n ** 61n - 1n),
        ).toBe(0n);
        expect(numerator.length - 1).toBeLessThanOrEqual(bound.degree);
        expect(denominator.length - 1).toBeLessThanOrEqual(bound.denominator);
        if (denominator.length > 1) seen.quotients++;
        if (numerator.length - 1 === bound.degree) seen.tight++;
        const derivatives = [slopes.value, slopes.slope, second.slope.slope].map((a) => field.integers(a)[i]);
        expect(derivatives).toEqual(expansion(truth));
      });
    }),
    { numRuns: 250 },
  );
  expect(seen.quotients).toBeGreaterThan(10);
  expect(seen.tight).toBeGreaterThan(100);
});

describe('degrees', () => {
  test('of softmax shares with one denominator: it is not multiplied by sums, and cancels', () => {
    const degrees = degreeField();
    const odds = degrees.symbols(5);
    const total = degrees.segmentSum(odds, new Int32Array(5), 1);
    const everywhere = degrees.gather(total, new Int32Array(5));
    const shares = degrees.div(odds, everywhere);
    expect(degrees.bound(shares)).toMatchObject({ degree: 1, denominator: 1, divisors: 1 });
    const sum = degrees.segmentSum(degrees.mul(shares, odds), new Int32Array(5), 1);
    expect(degrees.bound(sum)).toMatchObject({ degree: 2, denominator: 1, divisors: 1 });
    expect(degrees.bound(degrees.mul(shares, everywhere))).toMatchObject({ degree: 1, denominator: 0 });
    expect(degrees.bound(degrees.div(shares, shares))).toMatchObject({ degree: 0, denominator: 0 });
  });

  test('of occupancies: the depth', () => {
    const graph = compileTree({ attempts: 2, length: 2, vocabulary: 3 });
    const degrees = degreeField();
    const { edge } = occupancy(degrees, graph, degrees.symbols(graph.edges));
    for (const [depth, layer] of graph.layers.entries()) {
      const edges = degrees.slice(edge, layer.edgeStart, layer.edgeStart + layer.source.length);
      expect(degrees.bound(edges)).toMatchObject({ degree: depth + 1, denominator: 0, divisors: 0 });
    }
  });

  test('of constants are 0, with heights that bound the coefficients', () => {
    const degrees = degreeField();
    const [x] = [degrees.symbols(1)];
    const scaled = degrees.mul(x, degrees.from([1000]));
    expect(degrees.bound(scaled).degree).toBe(1);
    expect(degrees.bound(scaled).height).toBeGreaterThanOrEqual(Math.log2(1000));
    const sum = degrees.add(scaled, degrees.fractions([-3n], [7n]));
    // 7000·x − 3 over 7.
    expect(degrees.bound(sum).height).toBeGreaterThanOrEqual(Math.log2(7003));
    expect(degrees.bound(sum)).toMatchObject({ degree: 1, denominator: 0, divisors: 0 });
    expect(degrees.bound(degrees.sub(x, x)).degree).toBe(0);
    expect(() => degrees.div(x, degrees.from([0]))).toThrow('division by the constant 0');
  });
});
