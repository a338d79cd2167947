// Statements in words of the claims' quantities: what is proved, what is refuted and where, and what cannot be read.
import { describe, expect, test } from 'vitest';
import { hashStream } from '../../../src/algebra/hashStream.ts';
import { exact } from '../../../src/analyses/exact.ts';
import { evaluatedPolicy } from '../../../src/attribution/evaluatedPolicy.ts';
import { policyInFloat64 } from '../../../src/attribution/over/instance.ts';
import { InputErrorWithLines } from '../../../src/base/errors.ts';
import { randomPolicy } from '../../../src/policy/random.ts';
import { scalarOf } from '../../../src/proofs/refute/evaluate.ts';
import { refute } from '../../../src/proofs/refute/index.ts';
import { parseStatement, SCALARS } from '../../../src/proofs/refute/syntax.ts';

const SHAPE = { attempts: 2, length: 2, vocabulary: 2 };
const decide = (text: string) => refute(text, { shape: SHAPE, points: 3, words: hashStream(1, text) });

test.each([
  'V_sample + V_decision = Var_R',
  'V_decision(L=2) = V_decision(L=1)',
  'KL_sample(L=3) - KL_sample(L=2) = KL_sample(L=2) − KL_sample(L=1)',
  'KL_decision(L=3) = KL_decision(L=1)',
  'grad_sample(KL) + grad_decision(KL) = grad(KL)',
  'norm2(grad(J)) = norm2(grad_sample(J)) + norm2(grad_decision(J))',
  'norm2(grad_decision(J, L=2)) = norm2(grad_decision(J, L=1))',
  '(2*E_R)^2 / 4 = J*J',
  '0.5*attempts = attempts/2',
  'V_decision <= Var_R',
  'KL_sample ≤ KL',
  'J <= E_R',
  // A divisor that is 0 modulo 2^61 − 1.
  'J * 2305843009213693951 / 2305843009213693951 = J',
])('%s is proved', (text) => {
  const { verdict, riskLog2 } = decide(text);
  expect([verdict, riskLog2! < -100]).toEqual(['proved', true]);
});

test.each([
  'V_sample = V_decision',
  'KL(L=2) = KL(L=1)',
  'norm2(grad_decision(KL, L=2)) = norm2(grad_decision(KL, L=1))',
  'grad(Var_R) = grad(J)',
  'Var_R <= V_decision',
  'dot(grad_decision(J), grad_decision(KL)) <= 0',
  'attempts <= 1',
])('%s is refuted by a policy with odds', (text) => {
  const { verdict, counterExample } = decide(text);
  expect(verdict).toBe('refuted');
  expect(counterExample!.policy.odds.sample).toBeDefined();
});

test.each([
  // Beyond 2^53, and coefficients that vanish modulo 2^61 − 1.
  '9007199254740993 = 9007199254740992',
  '1.0000000000000000001 * J = J',
  '(2^8)^7 * 2^5 * J = J',
  '2305843009213693951 * J = 0',
  'J / 2305843009213693951 = 0',
])('%s is refuted, though it holds in float64 or modulo 2^61 − 1', (text) => {
  expect(decide(text).verdict).toBe('refuted');
});

test('a division by what is 0 without decisions is none where the shape has decisions', () => {
  const wide = { shape: { attempts: 2, length: 1, vocabulary: 3 }, points: 3, words: hashStream(1, 'wide') };
  expect(refute('KL / V_decision <= E_R * KL', wide).verdict).toBe('refuted');
  const once = { ...wide, shape: { ...wide.shape, attempts: 1 } };
  expect(() => refute('KL / V_decision <= E_R * KL', once)).toThrow('a division by the constant 0');
});

test('what is true for fewer attempts is not refuted by a policy with more', () => {
  const once = { shape: { ...SHAPE, attempts: 1 }, points: 3, words: hashStream(1, 'once') };
  expect(refute('attempts <= 1', once).verdict).toBe('proved');
  expect(refute('V_decision(L=2) <= 0', once).verdict).toBe('proved');
});

test('degrees that leave no risk worth a number are outside, and nothing that large is computed in fractions', () => {
  const power = (levels: number): string => (levels === 0 ? 'J' : `(${power(levels - 1)})^8`);
  expect(decide(`${power(9)} = J`).reason).toContain('too large for a search in fractions');
  const { verdict, reason } = decide(`${power(15)} = (${power(14)})^7 * ${power(14)}`);
  expect([verdict, reason]).toEqual(['outside', expect.stringContaining('leaves a risk above 2^-40')]);
});

test('an inequality without a certificate is outside, and says what was tried', () => {
  const { verdict, reason } = decide('E_R * E_R <= E_R * E_R + V_sample * V_sample');
  expect(verdict).toBe('outside');
  expect(reason).toContain('no small policy was found on which the left side is larger');
});

test('quantities are those of exact, in float64', () => {
  const policy = randomPolicy(SHAPE, 7);
  const over = policyInFloat64(evaluatedPolicy(policy));
  const found = Object.fromEntries(SCALARS.map((name) => [name, scalarOf(over, name)[0]!]));
  const { reward, kl, expectedAttempts } = exact(policy, { beta: 1 });
  const expected = [
    [found.E_R, reward.mean],
    [found.Var_R, reward.variance],
    [found.V_sample, reward.varianceSample],
    [found.V_decision, reward.varianceDecision],
    [found.KL, kl.value],
    [found.KL_decision, kl.decision],
    [found.attempts, expectedAttempts],
  ] as const;
  for (const [own, other] of expected) expect(own).toBeCloseTo(other, 12);
});

describe('what cannot be read is refused with a caret under the place', () => {
  test.each([
    ['V_decison = 1', 0, 'unknown quantity "V_decison" (did you mean "V_decision"?)'],
    ['E_R', 3, 'expected = or <= after the left side, found the end'],
    ['E_R = (1 + 2', 12, 'expected ")", found the end'],
    ['E_R = 1 $ 2', 8, 'unexpected "$"'],
    ['E_R = 1 = 2', 8, 'expected the end after the right side, found ='],
    ['E_R(L=0) = 1', 6, 'expected a length, an integer from 1 to 8, found 0'],
    ['E_R(L=2) = Var_R', 11, 'expected a length such as (L=2) here'],
    ['grad(R) = grad(J)', 5, 'expected what the gradient is of: J, E_R, Var_R, KL, attempts, found R'],
    ['grad(J) = 1', 10, 'a vector is compared with a number'],
    ['grad(J, L=2) = grad(J, L=1)', 15, 'gradients at different L have different logits'],
    ['grad(J) <= grad(KL)', 0, 'vectors have no order'],
    ['1 + grad(J) = grad(J)', 0, 'a sum of a number and a vector'],
    ['grad(J)*grad(J) = 1', 0, 'a product of vectors; dot is the inner one'],
    ['dot(E_R, J) = 1', 0, 'expected vectors such as grad_sample(J), found numbers'],
    ['E_R^1.5 = 1', 4, 'expected an exponent, an integer from 1 to 8, found 1.5'],
    [`${'('.repeat(80)}1`, 65, 'nested too deeply'],
  ])('%s', (text, at, message) => {
    const run = (): unknown => decide(text);
    expect(run).toThrow(InputErrorWithLines);
    expect(run).toThrow(message);
    expect(run).toThrow(`(at character ${at + 1})`);
  });

  test('the caret stands below the place', () => {
    expect(() => parseStatement('E_R = oops')).toThrow(
      expect.objectContaining({ lines: '  E_R = oops\n        ^' }),
    );
  });

  test('a division by 0, and a statement that is too large', () => {
    expect(() => decide('1/0 = 1')).toThrow('0');
    const shape = { attempts: 3, length: 3, vocabulary: 3 };
    expect(() => refute('J = 1', { shape, points: 1, words: hashStream(1, '') })).toThrow(
      '20439 trajectories',
    );
  });
});
