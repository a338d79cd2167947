// Early rejection: closed forms of walks and of the bound, FLOPs, chains, the search, and the lab at one seed.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import { completeOptions, ofOwner } from '../../src/base/options.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { answerOf, drawPrompt, rightTokens } from '../../src/labs/earlyRejection/chain.ts';
import { spanFlops, tokenFlops } from '../../src/labs/earlyRejection/flops.ts';
import { earlyRejection as lab } from '../../src/labs/earlyRejection/lab.ts';
import { searchOptions, trainingOptions } from '../../src/labs/earlyRejection/options.ts';
import { type SearchOptions, type SearchResult, search } from '../../src/labs/earlyRejection/search.ts';
import { answerLogProbs, chainNetwork, type Trained } from '../../src/labs/earlyRejection/training.ts';
import {
  correlation,
  givenFinal,
  independent,
  opposite,
  rejectionBound,
  rejectionChance,
  rejectionRate,
  walkCorrelations,
} from '../../src/labs/earlyRejection/walk.ts';
import { normalCdf, normalQuantile } from '../../src/labs/shared/normal.ts';
import { standing } from '../../src/labs/verdict.ts';
import { completeConfig } from '../../src/nn/index.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const defaults = completeOptions(ofOwner('early-rejection'), lab.options, {});

describe('the normal distribution', () => {
  test('has the values of tables, to their last digit, on both sides of where its formula changes', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 15);
    expect(normalCdf(-5) / 2.866515718791939e-7 - 1).toBeCloseTo(0, 12);
    expect(normalCdf(-3) / normalCdf(-3 + 1e-13) - 1).toBeCloseTo(0, 11);
    expect(normalCdf(7)).toBe(1 - normalCdf(-7));
    for (const p of [1e-9, 0.02, 0.5, 0.9]) expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 12);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe('random walks', () => {
  test('correlate by √(τ/L), and not if the late tokens are paid more', () => {
    const at = (scale: (t: number) => number): number =>
      walkCorrelations({ length: 25, walks: 20_000 }, scale, randomStream(1, 'test'))[15]!;
    // five standard errors (1 − ρ²)/√n
    expect(Math.abs(at(() => 1) - 0.8)).toBeLessThan((5 * 0.36) / Math.sqrt(20_000));
    expect(at((t) => (t < 16 ? 0.1 : 1))).toBeLessThan(0.2);
    expect(correlation([1, 2, 3], [-2, -4, -6])).toBeCloseTo(-1, 14);
  });
});

describe('rejection of the best', () => {
  test('of two, it is Φ(−Δ/√2σ); without a lead, all are equal', () => {
    for (const x of [0, 0.5, 2, 4]) {
      expect(rejectionChance(2, 1, x)).toBeCloseTo(normalCdf(-x / Math.SQRT2), 12);
    }
    for (const keep of [1, 3, 7]) expect(rejectionChance(8, keep, 0)).toBeCloseTo((8 - keep) / 8, 12);
  });

  test('is below the bound, with independent noise, and at most half of it for two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 64 }), fc.double({ min: 0, max: 8, noNaN: true }), (n, x) => {
        expect(rejectionChance(n, 1, x)).toBeLessThanOrEqual(rejectionBound(n, x) / 2 + 1e-12);
      }),
      { numRuns: 30 },
    );
  });

  test('is drawn as computed, and above the bound where noise is opposite or ends are known', () => {
    const rate = (candidates: number, keep: number, scores: ReturnType<typeof independent>): number =>
      rejectionRate({ candidates, keep, rounds: 40_000 }, scores, randomStream(2, 'test'));
    const expectNear = (found: number, p: number): void => {
      expect(Math.abs(found - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 40_000));
    };
    expectNear(rate(8, 2, independent(2)), rejectionChance(8, 2, 2));
    expectNear(rate(2, 1, opposite(4)), normalCdf(-2));
    expect(normalCdf(-2)).toBeGreaterThan(rejectionBound(2, 4));
    const known = normalCdf(-(3 * 0.25) / Math.sqrt(2 * 0.25));
    expectNear(rate(2, 1, givenFinal(3, 0.25)), known);
    expect(known).toBeGreaterThan(rejectionBound(2, 3));
  });

  test('walks whose ends are known have the mean and the variance of bridges', () => {
    const out = new Float64Array(2);
    const random = randomStream(3, 'test');
    let [sum, squares] = [0, 0];
    // Steps of variance 1/(L − τ) = 1/12 from τ = 4 to L = 16; walks whose end lies near 2.
    for (let i = 0; i < 200_000; i++) {
      const early = Math.sqrt(4 / 12) * random.normal();
      const end = early + random.normal();
      if (Math.abs(end - 2) > 0.1) continue;
      out[0]! += 1;
      sum += early;
      squares += early * early;
    }
    const [n, mean] = [out[0]!, sum / out[0]!];
    // Five standard errors, and 0.1·τ/L for the width of the window.
    expect(Math.abs(mean - 2 * 0.25)).toBeLessThan(5 * Math.sqrt(0.25 / n) + 0.025);
    expect(Math.abs(squares / n - mean * mean - 0.25)).toBeLessThan(5 * 0.25 * Math.sqrt(2 / n) + 0.001);
  });
});

test('FLOPs: every product of the network, attention growing with the position', () => {
  const config = completeConfig({ vocabulary: 5, context: 8, width: 16, layers: 2, heads: 4, tied: true });
  // Queries, keys, values and output: 16 → 16; the MLP: 16 → 64 → 16; scores and values of three tokens; the head: 16 → 5.
  const multiplications = 2 * (4 * 16 * 16 + 2 * 16 * 64 + 2 * 3 * 16) + 16 * 5;
  expect(tokenFlops(config, 2)).toBe(2 * multiplications);
  expect(spanFlops(config, 1, 4)).toBe(tokenFlops(config, 1) + tokenFlops(config, 2) + tokenFlops(config, 3));
});

test('a chain: running sums, and how far an answer is right', () => {
  expect(answerOf([3, 4, 1, 0], 5)).toEqual([3, 2, 3, 3]);
  const sizes = { modulus: 5, length: 4 };
  expect(rightTokens([3, 4, 1, 0, 3, 2, 3, 3], sizes)).toBe(4);
  expect(rightTokens([3, 4, 1, 0, 3, 2, 4, 3], sizes)).toBe(2);
  expect(rightTokens([3, 4, 1, 0, 3], sizes)).toBe(1);
});

describe('the search', () => {
  const training = trainingOptions({ ...defaults, width: 16 });
  const base: SearchOptions = { ...searchOptions(defaults), beams: 6, keep: 2 };
  let trained: Trained;
  let prompts: number[][];
  beforeAll(() => {
    const model = chainNetwork(training);
    const parameters = model.initial(randomStream(1, 'test'), 'f32');
    trained = { model, generator: parameters, judge: parameters };
    prompts = Array.from({ length: 3 }, (_, i) => drawPrompt(training, randomStream(i, 'prompt')));
  });

  function found(options: SearchOptions): SearchResult {
    const steps = search(trained, prompts, options, randomStream(7, 'test'));
    let next = steps.next();
    while (next.done !== true) next = steps.next();
    return next.value;
  }

  test('gives complete answers with the score of the judge, the same again', () => {
    const { best } = found(base);
    for (const [i, { tokens, score }] of best.entries()) {
      expect(tokens.slice(0, 8)).toEqual(prompts[i]);
      expect(tokens).toHaveLength(16);
      const logProb = scope(() =>
        Float64Array.from(answerLogProbs(trained.model, trained.judge, [tokens], 8).readSync()),
      );
      // Eight float32 log-probs near −1.6, from a batch of another size.
      expect(Math.abs(logProb.reduce((a, b) => a + b, 0) - score)).toBeLessThan(8 * 1.6 * 2 ** -20);
    }
    expect(found(base)).toEqual(found(base));
  });

  test('costs N·τ and N/M·(ℓ − τ) tokens of a step, read twice', () => {
    const of = (from: number, to: number): number => spanFlops(trained.model.config, from, to);
    const step = (at: number): number => 2 * (6 * of(at, at + 2) + 2 * of(at + 2, at + 4));
    expect(found(base).flops).toBeCloseTo(3 * (step(8) + step(12)), 3);
    const whole = found({ ...base, tau: 4 }).flops;
    expect(whole).toBeCloseTo(3 * 2 * 6 * of(8, 16), 3);
    expect(whole / found(base).flops).toBeGreaterThan(1.4);
  });

  test('finds what the judge prefers: with more candidates its score rises', () => {
    const total = (options: SearchOptions): number =>
      found(options).best.reduce((sum, { score }) => sum + score, 0);
    expect(total({ ...base, beams: 24, keep: 6 })).toBeGreaterThan(total({ ...base, beams: 1, keep: 1 }));
  });

  test('spoils the last token of a step only', () => {
    const spoiled = found({ ...base, beams: 1, keep: 1, spoil: () => 0 }).best[0]!.tokens;
    expect([spoiled[11], spoiled[15]]).toEqual([0, 0]);
    const plain = found({ ...base, beams: 1, keep: 1 }).best[0]!.tokens;
    expect(spoiled.slice(0, 11)).toEqual(plain.slice(0, 11));
  });
});

describe('the lab', () => {
  test('a small seed shows it, its controls do not, and the audit is silent', async () => {
    const options = completeOptions(ofOwner('early-rejection'), lab.options, lab.small);
    const steps = lab.measure(options, 1);
    let [next, share] = [await steps.next(), 0];
    for (; next.done !== true; next = await steps.next()) {
      expect(next.value.share).toBeGreaterThanOrEqual(share);
      share = next.value.share;
    }
    const seed = next.value;
    const where = (of: string, expected: ReturnType<(typeof lab.checks)[number]['expects']>): string =>
      standing([seed.measured[of]!, seed.measured[of]!], expected);
    for (const check of lab.checks)
      expect(where(check.of, check.expects(options)), check.name).toBe('within');
    for (const control of lab.controls)
      expect(where(control.of, control.expects(options)), control.name).toBe('outside');
    expect(seed.audit).toEqual([]);
    for (const { curves } of lab.picture.panels) {
      for (const { x, y } of curves) expect(seed.series[x]).toHaveLength(seed.series[y]!.length);
    }
    expect(seed.split.prefix!.weight).toBeCloseTo(0.5, 6);
    expect(seed.split.prefix!.gradient + seed.split.rest!.gradient).toBeCloseTo(1, 12);
    expect(JSON.parse(JSON.stringify(seed))).toEqual(seed);
  });

  test('τ and what is kept are at most what there is', () => {
    const given = searchOptions({ ...defaults, tau: 9, keep: 20, beams: 8 });
    expect([given.tau, given.keep, given.length]).toEqual([3, 8, 8]);
  });
});
