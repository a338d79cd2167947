// The lab `soc`: the closed form on one state, the terms of its losses, and one small seed from end to end.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { type Lab, type LabSeed, outcomeOverSeeds } from '../../src/labs/index.ts';
import { labSettings } from '../../src/labs/settings.ts';
import { Expert, SHAPE, TOKENS } from '../../src/labs/soc/expert.ts';
import { soc } from '../../src/labs/soc/lab.ts';
import { networkOf } from '../../src/labs/soc/network.ts';
import { beamAnswers, confidence, logProbsOf, temperatureFor } from '../../src/labs/soc/optimism.ts';
import { options, type SocOptions } from '../../src/labs/soc/options.ts';
import { largest, stationarity } from '../../src/labs/soc/state.ts';
import { onSimplex, sharpened, stateGradient } from '../../src/labs/soc/tabular.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const vectors = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 8 });

test('the projection onto the simplex is the nearest point of it', () => {
  fc.assert(
    fc.property(vectors, fc.integer({ min: 0, max: 1e6 }), (v, seed) => {
      const { point } = onSimplex(v);
      const rounding = 16 * v.length * Number.EPSILON;
      expect(Math.abs(point.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(rounding);
      expect(Math.min(...point)).toBeGreaterThanOrEqual(0);
      // The angle between v − point and any direction into the simplex is at least a right one.
      const random = randomStream(seed, 'other');
      const weights = v.map(() => random.uniform() + 1e-9);
      const sum = weights.reduce((a, b) => a + b, 0);
      const inner = v.reduce((s, x, i) => s + (x - point[i]!) * (weights[i]! / sum - point[i]!), 0);
      expect(inner).toBeLessThan(8 * rounding);
    }),
  );
});

describe('one state', () => {
  test('the policy of the example is the one computed by hand, and other policies are not stationary', () => {
    const { policy, speed } = sharpened(SHAPE, 0.2);
    expect(largest(policy, [0.675, 0.3, 0.025, 0])).toBeLessThan(4 * Number.EPSILON);
    expect(speed).toBeCloseTo(0.06, 14);
    expect(stationarity(SHAPE, 0.2, policy, speed)).toBeLessThan(8 * Number.EPSILON);
    expect(stationarity(SHAPE, 0.2, SHAPE, speed)).toBeGreaterThan(0.05);
    expect(stationarity(SHAPE, 0.2, [0.7, 0.3, 0, 0], speed)).toBeGreaterThan(0.01);
    expect(stationarity(SHAPE, 0.2, policy, 0)).toBeGreaterThan(0.05);
  });

  test('the engine has the derivatives (1 − λ)·π − y, that less λ times the mean for smoothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: TOKENS, maxLength: TOKENS }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (logits, lambda) => {
          const at = Float64Array.from(logits);
          const weights = at.map(Math.exp);
          const sum = weights.reduce((a, b) => a + b, 0);
          const expected = weights.map((w, a) => (1 - lambda) * (w / sum) - SHAPE[a]!);
          const own = stateGradient('soc', at, SHAPE, lambda);
          expect(largest(own, expected)).toBeLessThan(32 * Number.EPSILON);
          expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(-lambda, 13);
          const smoothing = stateGradient('smoothing', at, SHAPE, lambda);
          const apart = own.map((x) => x + lambda / TOKENS);
          expect(largest(smoothing, apart)).toBeLessThan(32 * Number.EPSILON);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('an expert and a network', () => {
  const expert = new Expert(3, 4, randomStream(1, 'expert'));
  const model = networkOf(3, 4, 8);

  test('log p* of an answer is the sum over its tokens, and draws follow it', () => {
    const random = randomStream(2, 'draws');
    const N = 4000;
    const first = new Float64Array(TOKENS);
    for (let i = 0; i < N; i++) first[expert.draw(1, random).tokens[0]!]!++;
    // Five standard errors of a share.
    expect(
      largest(
        first.map((n) => n / N),
        expert.next(1, []),
      ),
    ).toBeLessThan(5 * Math.sqrt(0.25 / N));
    const tokens = [2, 0, 0, 3];
    const shares = [[], [2], [2, 0], [2, 0, 0]].map((prefix, t) => expert.next(1, prefix)[tokens[t]!]!);
    expect(expert.logProb({ prompt: 1, tokens })).toBeCloseTo(
      shares.reduce((sum, p) => sum + Math.log(p), 0),
      14,
    );
  });

  test('the value of a beam is log π of its answer, and a wide beam finds the best of all answers', () => {
    scope(() => {
      const parameters = model.initial(randomStream(3, 'model'), 'f64');
      const answerer = { model, parameters, temperature: 1 };
      for (const { prompt, tokens, value, truth } of beamAnswers(answerer, expert, TOKENS ** 3)) {
        const [own] = logProbsOf(answerer, [{ prompt, tokens }]);
        expect(own!.reduce((a, b) => a + b, 0)).toBeCloseTo(value, 12);
        expect(truth).toBe(expert.logProb({ prompt, tokens }));
        const all = Array.from({ length: TOKENS ** 4 }, (_, n) => ({
          prompt,
          tokens: [n % 4, (n >> 2) % 4, (n >> 4) % 4, n >> 6],
        }));
        const best = Math.max(...logProbsOf(answerer, all).map((some) => some.reduce((a, b) => a + b, 0)));
        expect(value).toBeCloseTo(best, 12);
      }
    });
  });

  test('the temperature of equal confidence is found', () => {
    scope(() => {
      const parameters = model.initial(randomStream(4, 'model'), 'f64');
      const random = randomStream(5, 'answers');
      const answers = Array.from({ length: 20 }, () => expert.draw(random.integer(3), random));
      const answerer = { model, parameters, temperature: 1 };
      const goal = confidence({ ...answerer, temperature: 0.5 }, answers);
      expect(temperatureFor(answerer, answers, goal)).toBeCloseTo(0.5, 4);
    });
  });
});

describe('a seed', () => {
  const lab = soc as unknown as Lab;
  const settings = labSettings(lab, { ...soc.small, steps: 120, descent: 600 }, false);

  async function seedOf(seed: number): Promise<LabSeed> {
    const steps = soc.measure(settings as unknown as SocOptions, seed);
    let last = 0;
    for (let next = await steps.next(); ; next = await steps.next()) {
      if (next.done === true) return next.value;
      expect(next.value.share).toBeGreaterThanOrEqual(last);
      last = next.value.share;
    }
  }

  test('holds what every seed must, at no surprise, and is the same again', async () => {
    const seed = await seedOf(1);
    const { checks, controls, surprises } = outcomeOverSeeds(lab, settings, [seed]);
    for (const { check, standing } of [...checks, ...controls]) {
      expect(seed.measured[check.of], check.of).toBeTypeOf('number');
      if (check.over === 'mean') continue;
      expect([check.name, standing]).toEqual([check.name, 'wrong' in check ? 'outside' : 'within']);
    }
    expect(surprises).toEqual([]);
    expect(seed.measured.optimismAtDraws).toBeLessThan(0);
    for (const { x, y } of soc.picture.panels.flatMap(({ curves }) => curves)) {
      expect(seed.series[x]!.length).toBe(seed.series[y]!.length);
    }
    for (const entry of soc.next.flatMap(({ set }) => set)) {
      expect(Object.keys(options)).toContain(entry.split('=')[0]);
    }
    expect(await seedOf(1)).toEqual(seed);
  });
});
