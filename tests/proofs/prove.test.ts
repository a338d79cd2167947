// Deciding statements: degrees, risks, points that are drawn again, and what is wrong but hard to see.
import { describe, expect, test } from 'vitest';
import { hashStream } from '../../src/algebra/hashStream.ts';
import { constant } from '../../src/attribution/over/arithmetic.ts';
import { c1Statements } from '../../src/claims/c1ExactSplit/statements.ts';
import { c2Statements } from '../../src/claims/c2CreditByOneScalar/statements.ts';
import { budgetIsVariance, c3Statements } from '../../src/claims/c3CreditBudget/statements.ts';
import { c5bStatements } from '../../src/claims/c5bKlStopBias/statements.ts';
import { c7Statements } from '../../src/claims/c7RegularisedOptimum/statements.ts';
import { c9Statements } from '../../src/claims/c9Normalisation/statements.ts';
import { Graphs } from '../../src/claims/shared/places.ts';
import type { EitherWay, EnclosedQuantity, Statement } from '../../src/claims/statement.ts';
import { claimStatements } from '../../src/claims/statements.ts';
import { counterExample } from '../../src/proofs/counterExample.ts';
import { counterPolicy } from '../../src/proofs/counterPolicy.ts';
import { degreesOf } from '../../src/proofs/degrees.ts';
import { enclosed } from '../../src/proofs/enclosures.ts';
import { proveClaim, proveEitherWay, proveStatement } from '../../src/proofs/prove.ts';
import {
  atRandomPoints,
  moduloRandomPrime,
  riskLog2,
  riskOverRationals,
} from '../../src/proofs/randomPoints.ts';

const graphs = new Graphs({ attempts: 2, length: 1, vocabulary: 2 });
const tree = graphs.of({})[0]!;
const options = { shape: graphs.shape, points: 3, words: hashStream(1, 'prove'), seed: 1 };
const hidden = c3Statements.controls.find(({ name }) => name === 'true at many small integers')!;

test('a true statement is proved with its degree and a risk below 2^-100', () => {
  const { verdict, degree, riskLog2: risk } = proveStatement(budgetIsVariance, graphs, options);
  expect(verdict).toBe('proved');
  // Three tokens: A has degree 3 + 1, ρπ degree 3; the variance has a mean of degree 4 squared under three probabilities.
  expect(degree).toBe(degreesOf(budgetIsVariance, tree).degree);
  expect(degree).toBeGreaterThanOrEqual(8);
  expect(degree).toBeLessThan(16);
  expect(risk).toBeLessThan(-160);
});

test('a statement about decisions is not proved where there are none, nor is 0 = 0', () => {
  const named = (all: readonly Statement[], start: string): Statement =>
    all.find(({ name }) => name.startsWith(start))!;
  const none = new Graphs({ attempts: 1, length: 2, vocabulary: 2 });
  for (const statement of [
    named(c5bStatements.statements, 'slope in L'),
    named(c5bStatements.statements, '∂KL/∂ℓ_R(h)'),
    named(c1Statements.statements, 'g_decision of E[R]'),
    named(c1Statements.statements, 'disjoint parameters'),
    named(c9Statements.statements, 'a mask without decisions'),
  ]) {
    const reason = expect.stringContaining('no decisions');
    expect(proveStatement(statement, none, options), statement.name).toMatchObject({
      verdict: 'outside',
      reason,
    });
  }
  const proof = (start: string, of = none): object =>
    proveStatement(named([...c1Statements.statements, ...c2Statements.statements], start), of, options);
  expect(proof('g_sample of E[R]')).toMatchObject({ verdict: 'proved' });
  expect(proof('g_sample of E[R]')).not.toHaveProperty('reason');
  const reason = 'what it says of decisions is 0 = 0 here, since this shape has none';
  expect(proof('∇E[R] = E[(R − b)')).toMatchObject({ verdict: 'proved', reason });
  expect(proof('∇E[R] = E[(R − b)', graphs)).not.toHaveProperty('reason');
  // With decisions the same zeros are what is claimed.
  expect(proveStatement(named(c1Statements.statements, 'disjoint'), graphs, options).verdict).toBe('proved');
});

test('a claim of which the shape leaves the induction alone is outside for the shape', () => {
  const none = { ...options, shape: { attempts: 1, length: 2, vocabulary: 2 } };
  const { verdict, statements } = proveClaim({ ...c5bStatements, controls: [] }, none);
  const ofKind = (kind: string, kinds: readonly string[]): boolean =>
    statements.filter(({ statement }) => statement.kind === kind).every((one) => kinds.includes(one.verdict));
  expect([verdict, ofKind('induction', ['proved']), ofKind('identity', ['outside'])]).toEqual([
    'outside',
    true,
    true,
  ]);
  const with2 = { ...options, shape: { attempts: 2, length: 2, vocabulary: 2 } };
  expect(proveClaim({ ...c5bStatements, controls: [] }, with2).verdict).toBe('proved');
  // A claim that says nothing of one shape is proved by its induction.
  const onlyStep = c5bStatements.statements.filter(({ kind }) => kind === 'induction');
  expect(onlyStep.length).toBeGreaterThan(0);
  expect(proveClaim({ id: 'C5b', statements: onlyStep, controls: [], outside: [] }, none).verdict).toBe(
    'proved',
  );
});

test('the risk is (d/p)^points', () => {
  expect(riskLog2(8, 0, 1)).toBe(-58);
  expect(riskLog2(8, 0, 3)).toBe(-174);
  expect(riskLog2(9, 0, 1)).toBe(-57);
});

test('what is true at all rewards up to 9 is refuted at 10', () => {
  const found = counterExample(hidden)!;
  expect(found.candidate.reward[0]).toBe(10);
  const { verdict, counterExample: shown } = proveStatement(hidden, graphs, options);
  expect(verdict).toBe('refuted');
  expect(shown!.words).toMatch(/left is 3628800, right is 0|left is .*, right is /);
});

test('a claim with a wrong statement is refuted, and so is one whose control is accepted', () => {
  expect(proveClaim({ ...c3Statements, statements: [hidden], controls: [] }, options).verdict).toBe(
    'refuted',
  );
  const accepted = { ...budgetIsVariance, mistake: 'none' };
  const { verdict, controls } = proveClaim(
    { ...c3Statements, statements: [], controls: [accepted] },
    options,
  );
  expect([verdict, controls[0]!.verdict]).toEqual(['refuted', 'proved']);
});

test('what is 0 modulo 2^61 − 1 alone is refuted modulo random primes', () => {
  const multiple: Statement = {
    name: '(2^61 − 1)·R = 0',
    kind: 'identity',
    sides: ({ field, reward, graph }) => {
      const p = field.sub(constant(field, 2 ** 61, graph.leaves), field.ones(graph.leaves));
      return { left: field.mul(p, reward), right: constant(field, 0, graph.leaves) };
    },
  };
  const { words } = options;
  expect(atRandomPoints(multiple, tree, 3, words).holds).toBe(true);
  expect(atRandomPoints(multiple, tree, 3, words, moduloRandomPrime).holds).toBe(false);
  expect(proveStatement(multiple, graphs, options).verdict).toBe('refuted');
  // A true identity with as large coefficients is proved, with the risk of random primes.
  const { sides } = budgetIsVariance;
  const scaled: Statement = {
    ...budgetIsVariance,
    sides: (policy, symbols) => {
      const { left, right } = sides(policy, symbols);
      const factor = constant(policy.field, 2 ** 61, 1);
      return { left: policy.field.mul(left, factor), right: policy.field.mul(right, factor) };
    },
  };
  const proof = proveStatement(scaled, graphs, options);
  expect([proof.verdict, proof.reason]).toEqual(['proved', expect.stringContaining('modulo random primes')]);
  expect(proof.riskLog2).toBe(riskOverRationals(degreesOf(scaled, tree), 3));
});

test('the risk over ℚ: primes that divide a coefficient, and zeros modulo the others', () => {
  const bounds = { degree: 8, denominator: 0, divisors: 0, height: 0, divisorHeight: 0 };
  expect(riskOverRationals({ ...bounds, height: 1 }, 1)).toBe(-56);
  expect(riskOverRationals({ ...bounds, height: 60 * 2 ** 10 }, 1)).toBe(-43);
  expect(riskOverRationals({ ...bounds, height: 60 * 2 ** 10 }, 3)).toBe(-131);
  expect(() => riskOverRationals({ ...bounds, divisors: 2 ** 60 }, 1)).toThrow('leave no points');
});

test('a power that is the number itself modulo 2^61 − 1 is not proved, and not looked at in fractions', () => {
  const power = (scale: number): Statement => ({
    name: 'R to the power 2^61 − 1 is R',
    kind: 'identity',
    sides: ({ field, reward, graph }) => {
      let square = reward;
      let result = reward;
      for (let k = 1; k < 61; k++) {
        square = field.mul(square, square);
        result = field.mul(result, square);
      }
      const factor = constant(field, scale, graph.leaves);
      return { left: field.mul(factor, result), right: field.mul(factor, reward) };
    },
  });
  const one = proveStatement(power(1), graphs, options);
  expect([one.verdict, one.reason]).toEqual(['outside', expect.stringContaining('a risk above 2^-40')]);
  const large = proveStatement(power(2 ** 61), graphs, options);
  expect([large.verdict, large.degree, large.reason]).toEqual([
    'refuted',
    undefined,
    expect.stringContaining('too large for a search'),
  ]);
});

test('a divisor that is 0 everywhere is no proof', () => {
  const overZero: Statement = {
    name: '0/0',
    kind: 'identity',
    sides: ({ field, prob, graph }) => {
      const zero = field.sub(prob, field.mul(prob, field.ones(graph.edges)));
      return { left: field.div(zero, zero), right: constant(field, 0, graph.edges) };
    },
  };
  expect(() => atRandomPoints(overZero, tree, 1, hashStream(1, 'zero'))).toThrow(
    /a divisor is zero at 100 random points/,
  );
});

test('a counter-example of the padding construction is a policy that reads no padding', () => {
  const slope: Statement = {
    name: 'a first token decides',
    kind: 'identity',
    place: 'padding',
    sides: ({ field, graph, prob }) => ({ left: prob, right: constant(field, 0, graph.edges) }),
  };
  const found = counterExample(slope, { shapes: [{ attempts: 2, length: 2, vocabulary: 2 }] })!;
  const { odds, reward } = counterPolicy(slope, found, { text: slope.name });
  expect(odds.sample['0']).toEqual(odds.sample['1']);
  expect(odds.sample['0,1/']).toEqual(odds.sample['0,0/']);
  expect(odds.decision['0,1']).toEqual(odds.decision['0,0']);
  expect(Object.keys(reward.table)).toHaveLength(20);
});

const quantities = claimStatements.flatMap(({ id, enclosed: all = [] }) => all.map((q) => [id, q] as const));
const twelve = new Graphs({ attempts: 12, length: 1, vocabulary: 2 }).of({})[0]!;

describe.each([
  ['on three tokens', tree, quantities],
  ['on 8190 trajectories', twelve, quantities.slice(2, 4)],
] as const)('%s', (_, graph, asked) => {
  test.each(asked)(
    '%s: an interval has the number and what float64 computes, and is narrow',
    (_id, quantity) => {
      const { numbers, width, hasFloat64, meets } = enclosed(quantity, graph, 1);
      expect([hasFloat64, meets]).toEqual([true, true]);
      expect(width).toBeLessThan(1e-12);
      expect(numbers.length).toBeGreaterThan(0);
      for (const { value, float64, lo, hi } of numbers) {
        expect(lo <= float64 && float64 <= hi).toBe(true);
        // Thirty decimals, of which the first sixteen digits are a number in the interval.
        expect(value).toMatch(/^-?\d+\.\d{30}$/);
        expect(lo - 1e-15 <= Number(value) && Number(value) <= hi + 1e-15).toBe(true);
      }
    },
  );
});

test('a number that is 0 is enclosed as one', () => {
  const three = new Graphs({ attempts: 1, length: 1, vocabulary: 3 }).of({})[0]!;
  // All rewards of this policy are 0.
  const { numbers, width } = enclosed(c7Statements.enclosed![0]!, three, 11);
  expect(numbers[0]).toMatchObject({ value: `0.${'0'.repeat(30)}`, float64: 0 });
  expect(width).toBeLessThan(1e-15);
});

test('a float64 whose logarithms are off by 10^-9 is seen, and widens the interval', () => {
  const off = { log: (a: Float64Array) => a.map((x) => Math.log(x) + 1e-9), exp: (a: Float64Array) => a };
  const { hasFloat64, width, meets } = enclosed(c7Statements.enclosed![0]!, tree, 1, off);
  expect([hasFloat64, meets, width > 1e-12]).toEqual([false, true, true]);
});

test('an enclosure of another number is seen', () => {
  const [quantity] = c7Statements.enclosed!;
  const twice: EnclosedQuantity = {
    ...quantity!,
    also: (policy, elementary) => {
      const value = quantity!.value(policy, elementary);
      return policy.field.add(value, value);
    },
  };
  expect(enclosed(twice, tree, 1)).toMatchObject({ hasFloat64: true, meets: false });
  const claim = { ...c7Statements, statements: [], controls: [], enclosed: [twice] };
  expect(proveClaim(claim, options).verdict).toBe('refuted');
});

test('what is one way on some policies and the other on others is proved by one of each, and what is one way is not', () => {
  const [sign] = c5bStatements.eitherWay!;
  const { verdict, witnesses } = proveEitherWay(sign!, graphs.shape);
  expect([verdict, witnesses!.length]).toEqual(['proved', 2]);
  const sides = witnesses!.map(
    ({ words }) => /left is \[(\S+), (\S+)\], right is \[(\S+), (\S+)\]/.exec(words)!,
  );
  const [above, below] = sides.map((match) => match.slice(1).map(Number));
  expect(above![0]!).toBeGreaterThan(0);
  expect(below![1]!).toBeLessThan(0);
  expect([above![2], above![3], below![2], below![3]]).toEqual([0, 0, 0, 0]);
  const square: EitherWay = {
    name: 'R² is below 0 on some policies',
    sides: ({ field, reward, graph }) => ({
      left: field.mul(reward, reward),
      right: constant(field, 0, graph.leaves),
    }),
  };
  const reason = 'no small policy was found on which left is below right';
  expect(proveEitherWay(square, graphs.shape)).toMatchObject({ verdict: 'outside', reason });
  const none = proveEitherWay(sign!, { attempts: 1, length: 2, vocabulary: 2 });
  expect(none).toMatchObject({ verdict: 'outside', reason: expect.stringContaining('no decisions') });
});
