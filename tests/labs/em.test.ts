// The lab `em`: closed forms of its pieces, laws of its samplers, and one small seed from end to end.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import { categorical, randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { boundOf, type EStep, exactEm, exactPosterior } from '../../src/labs/em/exact.ts';
import { drawnFrom } from '../../src/labs/em/identities.ts';
import { em } from '../../src/labs/em/lab.ts';
import { type EmOptions, options } from '../../src/labs/em/options.ts';
import { parametersOf } from '../../src/labs/em/policy.ts';
import {
  batchDifference,
  expectedUpdate,
  largestDifference,
  truncatedGradient,
} from '../../src/labs/em/reward.ts';
import { asked, keptLaw, keptProbability, SAMPLERS, sample } from '../../src/labs/em/samplers.ts';
import { initialLogits, normalised, probabilities, success, total } from '../../src/labs/em/tables.ts';
import { drawWorld, execution, soundMethod } from '../../src/labs/em/world.ts';
import { type Lab, type LabSeed, outcomeOverSeeds } from '../../src/labs/index.ts';
import { labSettings } from '../../src/labs/settings.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const SIZES = { kinds: 4, methods: 3, operands: 6, answers: 5 };
const SAMPLING = { attempts: 3, hint: 0.5, copy: 0.8 };
const world = drawWorld(SIZES, 0.1, 1 / 3, randomStream(1, 'world'));
const logitsAt = (p: number) =>
  initialLogits(world, { success: p, execution: 0.8 }, randomStream(1, 'policy'));
const tablesAt = (p: number) => probabilities(world, logitsAt(p));

test('a question has the answer of its sound method, and halves share kinds and operands but no question', () => {
  const { training, heldOut, result } = world;
  for (const { kind, operand, answer } of [...training, ...heldOut]) {
    expect(result[execution(SIZES, soundMethod(SIZES, kind), operand)]).toBe(answer);
  }
  const key = ({ kind, operand }: (typeof training)[number]): string => `${kind}.${operand}`;
  expect(new Set([...training, ...heldOut].map(key)).size).toBe(SIZES.kinds * SIZES.operands);
  expect(new Set(training.map(({ kind }) => kind)).size).toBe(SIZES.kinds);
});

test('the initial success rate is what was asked for, or cannot be', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.3, max: 0.75, noNaN: true }), (p) => {
      // Bisection ends at neighbouring biases; success has a slope of at most 1/4 in a bias of at most 60.
      expect(Math.abs(success(world, tablesAt(p), world.training) - p)).toBeLessThan(60 * Number.EPSILON);
    }),
    { numRuns: 20 },
  );
  expect(() => logitsAt(0.9)).toThrow(/must lie between 0\.\d+ and 0\.\d+ with these sizes, found 0\.9/);
  expect(() => drawWorld({ ...SIZES, answers: 2 }, 0, 0.5, randomStream(1, 'w'))).toThrow(/at least methods/);
  expect(() => drawWorld(SIZES, 0, 0.01, randomStream(1, 'w'))).toThrow(/expected 1 … 5/);
});

test('log-likelihood = ELBO + KL for any law of rationales, and only then', () => {
  const question = asked(SIZES, tablesAt(0.4), world.training[0]!);
  const weights = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), {
    minLength: SIZES.methods,
    maxLength: SIZES.methods,
  });
  fc.assert(
    fc.property(weights, (some) => {
      const { logLikelihood, elbo, gap } = boundOf(question, normalised(Float64Array.from(some)));
      expect(Math.abs(logLikelihood - elbo - gap)).toBeLessThan(40 * SIZES.methods * Number.EPSILON);
      expect(gap).toBeGreaterThan(-SIZES.methods * Number.EPSILON);
    }),
  );
  // Weights that do not add up to 1 are no law.
  const { logLikelihood, elbo, gap } = boundOf(question, Float64Array.of(0.5, 0.1, 0.1));
  expect(Math.abs(logLikelihood - elbo - gap)).toBeGreaterThan(0.1);
});

test('exact EM never falls from any beginning; one round with an E-step on failures does, from a policy that is mostly right', () => {
  const sizes = { kinds: 12, methods: 6, operands: 8, answers: 8 };
  const roundsFrom = (seed: number, p: number, eStep: EStep, count: number) => {
    const own = drawWorld(sizes, 0.02, 1 / 4, randomStream(seed, 'world'));
    const logits = initialLogits(own, { success: p, execution: 0.9 }, randomStream(seed, 'policy'));
    return [...exactEm(own, probabilities(own, logits), eStep, count)];
  };
  const rounding = 40 * (sizes.kinds * sizes.operands + sizes.methods) * Number.EPSILON;
  const failures: EStep = ({ prior, likelihood }) =>
    normalised(prior.map((p, z) => p * (1 - likelihood[z]!)));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      for (const { before, elbo, after } of roundsFrom(seed, 0.3, exactPosterior, 10)) {
        expect(elbo - before).toBeGreaterThan(-rounding);
        expect(after - elbo).toBeGreaterThan(-rounding);
      }
      const [{ before, after }] = roundsFrom(seed, 0.8, failures, 1) as [ReturnType<typeof roundsFrom>[0]];
      expect(after - before).toBeLessThan(-0.01);
    }),
    { numRuns: 10 },
  );
});

describe('samplers', () => {
  const question = asked(SIZES, tablesAt(0.35), world.training[2]!);
  const N = 20_000;

  /** The largest deviation of drawn frequencies from probabilities, in standard errors. */
  function deviation(name: (typeof SAMPLERS)[number], expected: Float64Array, sampling = SAMPLING): number {
    const random = randomStream(3, name);
    const counts = new Float64Array(SIZES.methods);
    for (let i = 0; i < N; i++) {
      const { kept } = sample(name, question, sampling, random);
      if (kept !== undefined) counts[kept.rationale]!++;
    }
    return Math.max(...expected.map((p, z) => Math.abs(counts[z]! / N - p) / Math.sqrt((p * (1 - p)) / N)));
  }

  test.each(SAMPLERS)('%s keeps each rationale as often as its law says, and not as another says', (name) => {
    // Beyond five standard errors once in a million.
    expect(deviation(name, keptProbability(name, question, SAMPLING))).toBeLessThan(5);
    const wrong = { attempts: 1, hint: 0, copy: SAMPLING.copy };
    expect(deviation(name, keptProbability(name, question, wrong))).toBeGreaterThan(5);
  });

  test('with h = 1 and a copied answer PPS keeps the posterior, always; STaR then does, too', () => {
    const exact = { attempts: 3, hint: 1, copy: 1 };
    expect(total(keptProbability('pps', question, exact))).toBeCloseTo(1, 14);
    for (const name of SAMPLERS) {
      const law = keptLaw(name, question, exact);
      expect(largestDifference(law, question.posterior)).toBeLessThan(8 * Number.EPSILON);
      expect(largestDifference(keptLaw(name, question, SAMPLING), question.posterior) < 0.01).toBe(
        name === 'rejection',
      );
    }
  });

  test('draws are counted: one under PPS, at most two under STaR, as many as tries under rejection', () => {
    const random = randomStream(4, 'draws');
    const seen = (name: (typeof SAMPLERS)[number]) =>
      new Set(Array.from({ length: 200 }, () => sample(name, question, SAMPLING, random).draws));
    expect([...seen('pps')]).toEqual([1]);
    expect([...seen('star')].sort()).toEqual([1, 2]);
    expect([...seen('rejection')].sort()).toEqual([1, 2, 3]);
  });
});

describe('filtered SFT and the reward', () => {
  const logits = logitsAt(0.35);
  const { training } = world;
  const questions = training.map((question) => asked(SIZES, probabilities(SIZES, logits), question));
  const rounding = 2 * (training.length * SIZES.methods + SIZES.answers) * Number.EPSILON;

  test('the expected update of n tries is the gradient of the logarithm cut off after n terms, and of no other', () => {
    scope(() => {
      const parameters = parametersOf(SIZES, logits);
      const update = (attempts: number) =>
        expectedUpdate(
          SIZES,
          parameters,
          training,
          questions.map((one) => keptProbability('rejection', one, { ...SAMPLING, attempts })),
        );
      for (const attempts of [1, 2, 5, Number.POSITIVE_INFINITY]) {
        const own = update(attempts);
        expect(largestDifference(own, truncatedGradient(SIZES, parameters, training, attempts))).toBeLessThan(
          rounding,
        );
        expect(
          largestDifference(own, truncatedGradient(SIZES, parameters, training, attempts === 1 ? 2 : 1)),
        ).toBeGreaterThan(1e-3);
      }
    });
  });

  test('on a batch K/B times the SFT gradient is that of REINFORCE with rewards 0 and 1, and not with other rewards', () => {
    const drawn = drawnFrom(world, probabilities(SIZES, logits), 60, randomStream(5, 'batch'));
    scope(() => {
      const parameters = parametersOf(SIZES, logits);
      expect(batchDifference(SIZES, parameters, drawn)).toBeLessThan(rounding);
      const graded = drawn.map((one) => ({ ...one, reward: one.reward === 1 ? 1 : 0.1 }));
      expect(batchDifference(SIZES, parameters, graded)).toBeGreaterThan(1e-3);
    });
    const rate = drawn.filter(({ reward }) => reward === 1).length / drawn.length;
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(1);
  });

  test('trajectories are drawn from the tables', () => {
    const random = randomStream(6, 'categorical');
    expect(categorical([0, 0, 1], random)).toBe(2);
    const sure = { ...logits, rationale: logits.rationale.map((_, i) => (i % SIZES.methods === 1 ? 50 : 0)) };
    const drawn = drawnFrom(world, probabilities(SIZES, sure), 50, random);
    expect(new Set(drawn.map(({ rationale }) => rationale))).toEqual(new Set([1]));
  });
});

describe('a seed', () => {
  async function seedOf(given: EmOptions): Promise<{ seed: LabSeed; shares: number[] }> {
    const shares: number[] = [];
    const steps = em.measure(given, 1);
    for (let next = await steps.next(); ; next = await steps.next()) {
      if (next.done === true) return { seed: next.value, shares };
      shares.push(next.value.share);
    }
  }
  const lab = em as unknown as Lab;
  const settings = labSettings(lab, { ...em.small, rounds: 24, repeats: 1 }, false);
  const given = settings as unknown as EmOptions;

  test('holds what every seed must, at no surprise, and is the same again', async () => {
    const { seed, shares } = await seedOf(given);
    const { checks, controls, surprises, missing } = outcomeOverSeeds(lab, settings, [seed]);
    for (const { check, standing } of [...checks, ...controls]) {
      if (check.over === 'mean') continue;
      expect([check.name, standing]).toEqual([check.name, 'wrong' in check ? 'outside' : 'within']);
    }
    expect([surprises, missing]).toEqual([[], []]);
    expect(seed.measured['lead.pps.low']).toBeGreaterThan(0);
    expect(seed.measured['soundGain.pps.low']).toBeGreaterThan(seed.measured['soundGain.blind.low']! + 0.25);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    const names = new Set(Object.keys(seed.series));
    for (const { x, y } of em.picture.panels.flatMap(({ curves }) => curves)) {
      expect([names.has(x), names.has(y), seed.series[x]!.length]).toEqual([
        true,
        true,
        seed.series[y]!.length,
      ]);
    }
    expect(seed.split.z!.weight).toBeCloseTo(0.5, 12);
    expect((await seedOf(given)).seed).toEqual(seed);
  });

  test('every name that a check, a control or an experiment uses exists', async () => {
    const { seed } = await seedOf({ ...given, rounds: 8 });
    for (const { of } of [...em.checks, ...em.controls]) expect(seed.measured[of], of).toBeTypeOf('number');
    for (const entry of em.next.flatMap(({ set }) => set)) {
      expect(Object.keys(options)).toContain(entry.split('=')[0]);
    }
  });
});
