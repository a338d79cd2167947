// `exact --exact` and `verify --exact`: fractions by hand, fractions against float64, residuals of 0, and what must fail.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Fraction, fraction, fractionToNumber, showFraction } from '../../src/algebra/fraction.ts';
import { exactNumbers } from '../../src/analyses/exact.ts';
import { exactFractions } from '../../src/analyses/exactFractions.ts';
import { runClaim, subjectOf } from '../../src/analyses/verify.ts';
import { budgetOf } from '../../src/claims/c3CreditBudget/statements.ts';
import { claims } from '../../src/claims/index.ts';
import { exactSchema } from '../../src/documents/exact.ts';
import { verifySchema } from '../../src/documents/verify.ts';
import { policyChunks } from '../../src/policy/format.ts';
import { randomOddsPolicy } from '../../src/policy/fractions.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { exactClaim } from '../../src/proofs/inRationals.ts';
import { inProcess } from '../cli/inProcess.ts';
import { workplace } from '../cli/run.ts';

const place = workplace();
const shape = { attempts: 2, length: 1, vocabulary: 2 };
const policy = randomOddsPolicy(shape, 1);

function written(name: string, of: TabularPolicy): string {
  const path = place.path(name);
  writeFileSync(path, [...policyChunks(of)].join(''));
  return path;
}

/** One attempt of one token, 1 with odds 2 : 1, which is right. */
const byHand = {
  format: 'gradsplit/policy@1',
  attempts: 1,
  length: 1,
  vocabulary: 2,
  reward: { target: [1], attemptCost: '1/20' },
  odds: { sample: { '': [1, 2] }, decision: {} },
  reference: { sample: { '': ['3/7', '3/7'] }, decision: {} },
};

describe('exact --exact', () => {
  test('by hand: E[R] = 2/3, Var(R) = 2/9, p(1 − p) = 2/9 in the gradient', async () => {
    const path = place.path('hand.json');
    writeFileSync(path, JSON.stringify(byHand));
    const { code, stdout } = await inProcess(['exact', path, '--beta', '1', '--exact', '--json', '-']);
    expect(code).toBe(0);
    const document = exactSchema.parse(JSON.parse(stdout));
    expect(document.fractions).toMatchObject({
      expectedAttempts: 1,
      reward: {
        mean: '2/3',
        variance: '2/9',
        varianceSample: '2/9',
        varianceDecision: 0,
        gradient: { sample: { '': ['-2/9', '2/9'] }, decision: {} },
      },
      // The reference is uniform: π − π_ref.
      forwardKl: { gradient: { sample: { '': ['-1/6', '1/6'] }, decision: {} } },
    });
    expect(document.fractions?.float).toContain('kl');
    const text = (await inProcess(['exact', path, '--beta', '1', '--exact'])).stdout;
    for (const part of ['E[R] = 2/3', 'V_decision = 0', '"": -2/9, 2/9', 'float64 only']) {
      expect(text).toContain(part);
    }
  });

  test('fractions that become too long are refused with exit code 2, and a report has those that do not', async () => {
    const [path, page] = [place.path('long.json'), place.path('fractions.html')];
    const digits = (i: number): string => `1/${10n ** 900n + BigInt(i)}`;
    const row = (i: number): string[] => [digits(2 * i), digits(2 * i + 1)];
    const sample = { '': row(1), '0': row(2), '1': row(3) };
    const tall = {
      ...byHand,
      length: 2,
      reward: { target: [1, 0], attemptCost: 0 },
      odds: { sample, decision: {} },
    };
    const long = { ...tall, reference: { sample: { '': [1, 1], '0': [1, 1], '1': [1, 1] }, decision: {} } };
    writeFileSync(path, JSON.stringify(long));
    // Three rows of 1800 digits are computed; with as many in each of a hundred rows nothing is.
    expect((await inProcess(['exact', path, '--beta', '1', '--exact', '--report', page])).code).toBe(0);
    expect(readFileSync(page, 'utf8')).toMatch(/≈ 0\.25 \(\d{4}\/\d{4} digits\)/);
    const wide = randomOddsPolicy({ attempts: 2, length: 2, vocabulary: 3 }, 1);
    const odds = wide.logits.odds!;
    const replaced = (of: readonly Fraction[], from: number): Fraction[] =>
      of.map((_, i) => fraction(1n, 10n ** 900n + BigInt(from + i)));
    const table = { sample: replaced(odds.sample, 1), decision: replaced(odds.decision, 1001) };
    const refused = written('wide.json', { ...wide, logits: { ...wide.logits, odds: table } });
    const { code, stdout, stderr } = await inProcess(['exact', refused, '--beta', '1', '--exact']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^gradsplit: .*wide\.json: expected odds and rewards whose fractions have at most \d+ digits in a tree of \d+ actions, found some that may have up to \d+; integers with few digits keep them short\n$/,
    );
    expect((await inProcess(['verify', '--exact', '--policy', refused, '--claims', 'C3'])).code).toBe(2);
  });

  test('every fraction is the float64 number up to rounding', () => {
    const large = randomOddsPolicy({ attempts: 2, length: 2, vocabulary: 2 }, 3);
    const [exact, float] = [exactFractions(large, 'mine'), exactNumbers(large)];
    const close = (found: readonly Fraction[], expected: ArrayLike<number>): void => {
      expect(found).toHaveLength(expected.length);
      found.forEach((x, i) => {
        expect(Math.abs(fractionToNumber(x) - expected[i]!)).toBeLessThan(1e-13);
      });
    };
    const { mean, variance, varianceSample, varianceDecision, gradient } = exact.reward;
    const { reward } = float;
    close(
      [exact.expectedAttempts, mean, variance, varianceSample, varianceDecision],
      [float.expectedAttempts, reward.mean, reward.variance, reward.varianceSample, reward.varianceDecision],
    );
    close(gradient.sample, reward.gradient.sample);
    close(gradient.decision, reward.gradient.decision);
    close(exact.forwardKl.gradient.sample, float.forwardKl.gradient.sample);
    close(exact.forwardKl.gradient.decision, float.forwardKl.gradient.decision);
    // Attempts cost 1/20, as the decimal 0.05 is written, so that no power of 2 but that of 20 and the odds is in the denominator.
    expect(Number(mean.d)).toBeLessThan(1e9);
  });
});

describe('verify --exact', () => {
  test('a policy with too many trajectories is refused before anything is computed', async () => {
    const path = written('large.json', randomOddsPolicy({ attempts: 2, length: 4, vocabulary: 4 }, 3));
    const { code, stderr } = await inProcess(['verify', '--exact', '--policy', path, '--claims', 'C3']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('trajectories; at most 10000 can be verified in fractions'),
    ]);
  });

  test('residuals are exactly 0, and every wrong statement is rejected', async () => {
    const path = written('odds.json', policy);
    const asked = ['--claims', 'C1,C3,C4,C6,C8'];
    const run = await inProcess(['verify', '--exact', '--policy', path, ...asked, '--json', '-']);
    expect(run.code).toBe(0);
    const document = verifySchema.parse(JSON.parse(run.stdout));
    expect(document.verdict).toBe('holds');
    const checks = document.claims.flatMap((claim) => claim.checks);
    expect(checks.length).toBeGreaterThan(20);
    expect(checks.filter(({ error, tolerance }) => error !== 0 || tolerance !== 0)).toEqual([]);
    expect(document.claims.flatMap((claim) => claim.controls).every(({ error }) => error > 0)).toBe(true);
  });

  test('a statement that is wrong by less than float64 can tell fails', () => {
    const c3 = claims.find(({ id }) => id === 'C3')!;
    const statement = (numerator: bigint) => ({
      id: 'C3',
      statements: [
        {
          name: 'V = V·(1 + tiny)',
          kind: 'identity' as const,
          sides: <A>(of: Parameters<typeof budgetOf<A>>[0]) => {
            const left = budgetOf(of);
            const tiny = of.field.div(of.field.from([Number(numerator)]), of.field.from([2 ** 900]));
            const factor = of.field.add(of.field.ones(1), tiny);
            return { left, right: of.field.mul(left, of.field.gather(factor, new Int32Array(2))) };
          },
        },
      ],
      controls: [],
      outside: [],
    });
    const subject = subjectOf({ policy, generic: true, seed: 1 });
    const verdict = (numerator: bigint) =>
      runClaim(
        exactClaim(c3, statement(numerator), () => policy),
        subject,
      );
    expect(verdict(0n).verdict).toBe('holds');
    expect(verdict(1n).verdict).toBe('fails');
    expect(verdict(1n).checks[0]!.error).toBeLessThan(1e-260);
  });

  test('logits are refused, for the policy and for the reference; so is a claim without statements', async () => {
    const { odds: _, ...logits } = policy.logits;
    const path = written('logits.json', { ...policy, logits });
    const wanted = 'expected a policy and a reference by odds, such as "3/7", found logits of the';
    for (const command of [
      ['verify', '--exact', '--policy', path],
      ['exact', path, '--beta', '1', '--exact'],
    ]) {
      const { code, stdout, stderr } = await inProcess(command);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`logits.json: ${wanted} policy`);
    }
    expect(() => exactFractions({ ...policy, reference: logits }, 'mine')).toThrow(
      `mine: ${wanted} reference`,
    );
    const own = exactClaim(claims[0]!, undefined, () => policy);
    expect(runClaim(own, subjectOf({ policy, generic: true, seed: 1 })).verdict).toBe('notApplicable');
  });
});

test('policy new --odds writes odds that are read as the policy of the seed', async () => {
  const size = ['--attempts', '2', '--length', '1', '--vocabulary', '2'];
  const { stdout } = await inProcess(['policy', 'new', '--odds', ...size]);
  expect(stdout).toBe([...policyChunks(policy)].join(''));
  expect(JSON.parse(stdout).odds.sample['']).toEqual(
    policy.logits.odds?.sample.slice(0, 2).map((x) => Number(showFraction(x))),
  );
});
