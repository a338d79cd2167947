// The simulator gives what it says: drawn tokens fit their log-probs, and every array has one entry a token.
import { describe, expect, test } from 'vitest';
import {
  ALL_FIELDS,
  plant,
  randomSimulation,
  type SimulationSetting,
  simulate,
} from '../../src/audit/simulator/index.ts';
import { ROLES } from '../../src/rollouts/index.ts';

/** Numbers of all tokens that were drawn. */
function drawn(given: Partial<SimulationSetting>) {
  const { trajectories, truths } = simulate(given);
  return trajectories.flatMap((t, i) =>
    Array.from(t.mask.keys())
      .filter((k) => t.mask[k] === 1)
      .map((k) => ({
        d: t.oldLogProbs![k]! - t.samplerLogProbs![k]!,
        log: t.logProbs![k]! - t.oldLogProbs![k]!,
        delta: t.oldLogProbs![k]! - t.refLogProbs![k]!,
        logKept: truths[i]!.logKept[k]!,
        raw: truths[i]!.rawOld[k]! - t.oldLogProbs![k]!,
      })),
  );
}

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const error = (x: readonly number[]): number =>
  Math.sqrt(mean(x.map((one) => (one - mean(x)) ** 2)) / x.length);

const LARGE = { prompts: 20, groupSize: 8, lengths: { kind: 'geometric', mean: 40, spread: 0.3 } } as const;

describe('what is drawn', () => {
  test('fits the log-probs: E[π_trainer/π_sampler] = 1, within 4 standard errors', () => {
    const ratio = drawn({ ...LARGE, mismatch: 0.075 }).map(({ d }) => Math.exp(d));
    expect(ratio.length).toBeGreaterThan(3000);
    expect(Math.abs(mean(ratio) - 1)).toBeLessThan(4 * error(ratio));
  });

  test('has noise of the calibrated size', () => {
    const d = drawn({ ...LARGE, mismatch: 0.075 }).map((token) => token.d);
    const off = mean(d.map((x) => (Math.exp(x) < 0.9 || Math.exp(x) > 1.1 ? 1 : 0)));
    expect(off).toBeGreaterThan(0.055);
    expect(off).toBeLessThan(0.095);
    const sd = Math.sqrt(mean(d.map((x) => x * x)));
    expect(sd).toBeGreaterThan(0.03);
    expect(sd).toBeLessThan(0.08);
  });

  test('no noise, no difference', () => {
    expect(drawn({ mismatch: 0 }).every(({ d }) => d === 0)).toBe(true);
  });

  test('under top-p is in the kept set, whose mass is at least p', () => {
    const tokens = drawn({ topP: 0.8 });
    expect(Math.min(...tokens.map(({ logKept }) => logKept))).toBeGreaterThanOrEqual(Math.log(0.8));
    expect(mean(tokens.map(({ logKept }) => Math.exp(logKept)))).toBeLessThan(0.99);
  });

  test('a temperature changes log-probs, and only then is there another number at temperature 1', () => {
    expect(drawn({}).every(({ raw }) => raw === 0)).toBe(true);
    expect(drawn({ temperature: 0.7 }).some(({ raw }) => raw < -0.2)).toBe(true);
  });

  test('the policy is the reference at step 0, and moves away from it', () => {
    expect(drawn({ firstStep: 0 }).every(({ delta }) => delta === 0)).toBe(true);
    const delta = drawn({ ...LARGE, firstStep: 30 }).map((token) => token.delta);
    expect(mean(delta)).toBeGreaterThan(4 * error(delta));
  });

  test('ratios are 1 in the first mini-batch, and later ones are not', () => {
    expect(drawn({}).every(({ log }) => log === 0)).toBe(true);
    expect(drawn({ miniBatches: 4 }).some(({ log }) => log !== 0)).toBe(true);
  });
});

test('equal seeds give equal rollouts, others give others', () => {
  expect(simulate({ seed: 3 })).toEqual(simulate({ seed: 3 }));
  expect(simulate({ seed: 3 })).not.toEqual(simulate({ seed: 4 }));
});

test('attempts end with decisions, and tools speak in between', () => {
  const { trajectories } = simulate({ attempts: 3, toolRate: 0.1, isPadded: true });
  const roles = new Set(trajectories.flatMap((t) => Array.from(t.roles, (r) => ROLES[r])));
  expect([...roles].sort()).toEqual([...ROLES].sort());
});

test('60 random settings: arrays have one entry a token, numbers are finite where the mask is 1', () => {
  const objectives = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const setting = { ...randomSimulation(seed), fields: ALL_FIELDS };
    objectives.add(setting.objective);
    const { trajectories } = simulate(setting);
    expect(trajectories.length).toBe(setting.steps * setting.prompts * setting.groupSize);
    for (const t of trajectories) {
      for (const field of ['logProbs', 'oldLogProbs', 'refLogProbs', 'samplerLogProbs', 'weights'] as const) {
        const values = t[field]!;
        expect(values.length).toBe(t.length);
        if (values.some((x, k) => t.mask[k] === 1 && !Number.isFinite(x)))
          throw new Error(`${seed}: ${field}`);
      }
      expect(t.ids?.length).toBe(t.length);
      expect(t.roles.length).toBe(t.length);
    }
  }
  expect(objectives.size).toBeGreaterThan(15);
});

test('a text dump has nothing by token', () => {
  const { trajectories } = simulate({ fields: { ...ALL_FIELDS, onlyTexts: true } });
  for (const t of trajectories) {
    expect(t.unit).toBe('words');
    expect([t.ids, t.logProbs, t.samplerLogProbs, t.weights, t.versions]).toEqual(
      new Array(5).fill(undefined),
    );
    expect(t.texts?.output?.split(' ').length).toBe(t.mask.reduce((a, b) => a + b, 0));
  }
});

test('a planted mistake leaves the clean simulation alone', () => {
  const clean = simulate();
  const bad = plant(clean, () => ({ reward: 7 }));
  expect(bad.trajectories.every((t) => t.reward === 7)).toBe(true);
  expect(clean.trajectories.some((t) => t.reward === 7)).toBe(false);
});
