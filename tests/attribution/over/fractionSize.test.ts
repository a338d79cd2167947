// The bound on how long fractions become: none is longer, and what would be too long is refused before it is computed.
import { expect, test } from 'vitest';
import { type Fraction, fraction } from '../../../src/algebra/fraction.ts';
import { exactFractions } from '../../../src/analyses/exactFractions.ts';
import { checkFractionSize, digitsOf } from '../../../src/attribution/over/fractionSize.ts';
import { InputError } from '../../../src/base/errors.ts';
import { leafFractions, randomOddsPolicy, slotOdds } from '../../../src/policy/fractions.ts';
import type { PolicyShape } from '../../../src/policy/shape.ts';
import type { TabularPolicy } from '../../../src/policy/tabular.ts';
import { compileTree } from '../../../src/policy/tree.ts';

/** The policy with other odds, the first row of its sample tokens and so on. */
function withOdds(policy: TabularPolicy, odds: (index: number) => Fraction): TabularPolicy {
  const other = ({ sample, decision }: { sample: readonly unknown[]; decision: readonly unknown[] }) => ({
    sample: sample.map((_, i) => odds(i)),
    decision: decision.map((_, i) => odds(sample.length + i)),
  });
  const { logits, reference } = policy;
  return {
    ...policy,
    logits: { ...logits, odds: other(logits.odds!) },
    reference: { ...reference, odds: other(reference.odds!) },
  };
}

function check(policy: TabularPolicy, work: number): void {
  checkFractionSize(compileTree(policy.shape), slotOdds(policy, 'mine'), leafFractions(policy), 'mine', work);
}

/** The digits that the bound gives: the smallest limit that is not refused. */
function boundOf(policy: TabularPolicy): number {
  const { edges } = compileTree(policy.shape);
  for (let digits = 1; ; digits++) {
    try {
      check(policy, edges * digits ** 2);
      return digits;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
}

test.each<PolicyShape>([
  { attempts: 2, length: 1, vocabulary: 2 },
  { attempts: 2, length: 2, vocabulary: 2 },
  { attempts: 3, length: 1, vocabulary: 3 },
])('no denominator of a mean or a gradient has more digits: %j', (shape) => {
  for (const seed of [1, 2, 3]) {
    const policy = randomOddsPolicy(shape, seed);
    const { reward, expectedAttempts } = exactFractions(policy, 'mine');
    const longest = Math.max(
      ...[reward.mean, expectedAttempts].map(({ d }) => d.toString().length),
      // A score adds the probabilities of its own row.
      ...[...reward.gradient.sample, ...reward.gradient.decision].map(({ d }) => d.toString().length - 2),
    );
    const bound = boundOf(policy);
    expect(longest).toBeLessThanOrEqual(bound);
    expect(reward.variance.d.toString().length).toBeLessThanOrEqual(2 * bound);
  }
});

test('odds of many digits are refused before anything is computed, with how long the fractions may be', () => {
  const policy = randomOddsPolicy({ attempts: 2, length: 2, vocabulary: 3 }, 1);
  const long = withOdds(policy, (i) => fraction(10n ** 999n + BigInt(i * i + 1)));
  expect(() => exactFractions(long, 'mine.json')).toThrow(
    /^mine\.json: expected odds and rewards whose fractions have at most \d+ digits in a tree of \d+ actions, found some that may have up to \d+/,
  );
  const distinct = withOdds(policy, (i) => fraction(1n, 10n ** 999n + BigInt(i * i + 1)));
  expect(() => exactFractions(distinct, 'mine.json')).toThrow(InputError);
  // As many digits in rows that are alike up to a factor are none.
  const alike = withOdds(policy, () => fraction(1n, 10n ** 999n + 1n));
  expect(exactFractions(alike, 'mine').reward.mean).toEqual(
    exactFractions(
      withOdds(policy, () => fraction(1n)),
      'mine',
    ).reward.mean,
  );
});

test('digits are counted up to four bits', () => {
  for (const n of [1n, 9n, 10n, 12345n, -(10n ** 50n), 10n ** 300n - 1n]) {
    const digits = (n < 0n ? -n : n).toString().length;
    expect(digitsOf(n)).toBeGreaterThanOrEqual(digits);
    expect(digitsOf(n)).toBeLessThanOrEqual(digits + 2);
  }
});
