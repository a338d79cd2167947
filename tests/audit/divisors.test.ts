// Which divisor logged weights are made with: rounding and common factors say nothing, and what cannot be told apart is named together.
import { describe, expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import {
  choose,
  plant,
  type Simulated,
  type SimulationSetting,
  simulate,
} from '../../src/audit/simulator/index.ts';
import { sum as sumOf } from '../../src/autodiff/index.ts';
import { defineObjective, type Options } from '../../src/objectives/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { lengthOf, rescaled, reweighted, sum } from './planted/alter.ts';
import { planted as microbatchMean } from './planted/microbatch-mean.ts';
import { auditOf, cleanOf, codesFrom } from './planted/mistake.ts';

const changed = (simulated: Simulated, of: (w: number) => number): Simulated =>
  plant(simulated, ({ weights }) => ({ weights: weights!.map(of) }));

/** The nearest number with so many significant bits. */
const rounded =
  (bits: number) =>
  (w: number): number => {
    if (w === 0) return 0;
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(w))) + 1 - bits);
    return Math.round(w / unit) * unit;
  };

const DAPO: Partial<SimulationSetting> = { objective: 'dapo', steps: 2, toolRate: 0.03, miniBatches: 2 };

describe('weights of the declared objective are silent', () => {
  test.each([
    ['in float32', Math.fround],
    ['in bfloat16', rounded(8)],
    ['written with four digits', (w: number) => Number(w.toPrecision(4))],
    ['times the number of micro-batches', (w: number) => 12 * w],
    ['over the number of ranks', (w: number) => w / 8],
    ['times a factor that nobody knows', (w: number) => 0.3721 * w],
  ])('%s', async (_, of) => {
    for (const objective of ['dapo', 'grpo', 'drGrpo'] as const) {
      const run = await auditOf(changed(simulate({ ...DAPO, objective }), of));
      expect(codesFrom(run, 'warning')).toEqual([]);
    }
  });

  test.each([1, 2, 3])('and so are terms that no divisor explains, seed %i', async (seed) => {
    // Truncated and masked importance weights against the sampler, and the gradient of the corrected k3 loss.
    const clean = simulate({ ...DAPO, seed, mismatch: 0.075 });
    const ratio = ({ oldLogProbs, samplerLogProbs }: Trajectory, t: number): number =>
      Math.exp(oldLogProbs![t]! - samplerLogProbs![t]!);
    const times = (of: (ratio: number) => number): Simulated =>
      plant(clean, (trajectory) => ({
        weights: trajectory.weights!.map((w, t) => (w === 0 ? 0 : w * of(ratio(trajectory, t)))),
      }));
    const corrected = plant(clean, ({ weights, mask, logProbs, refLogProbs }) => ({
      weights: weights!.map((w, t) => (mask[t] === 0 ? w : w - 1e-4 * (logProbs![t]! - refLogProbs![t]!))),
    }));
    for (const other of [
      times((r) => Math.min(r, 1.05)),
      times((r) => (r > 0.9 && r < 1.1 ? r : 0)),
      corrected,
    ]) {
      expect(codesFrom(await auditOf(other), 'warning')).toEqual([]);
    }
  });

  test('and so is a trust region on the difference of probabilities with a penalty on log² r', async () => {
    const clean = simulate({ ...DAPO, miniBatches: 4, drift: 0.05 });
    const other = plant(clean, ({ weights, mask, advantage, logProbs, samplerLogProbs }) => ({
      weights: weights!.map((_, t) => {
        if (mask[t] === 0) return 0;
        const log = logProbs![t]! - samplerLogProbs![t]!;
        const isKept = Math.abs(Math.exp(logProbs![t]!) - Math.exp(samplerLogProbs![t]!)) <= 0.2;
        return 1e-3 * ((isKept ? Number(advantage) * Math.exp(log) : 0) - 2e-3 * log);
      }),
    }));
    expect(codesFrom(await auditOf(other), 'warning')).toEqual([]);
  });
});

describe('another divisor', () => {
  test('is found in float32, in bfloat16 and times an unknown factor', async () => {
    const wrong = microbatchMean.alter(cleanOf(microbatchMean));
    for (const of of [Math.fround, rounded(8), (w: number) => 0.3721 * w]) {
      expect(codesFrom(await auditOf(changed(wrong, of)), 'warning')).toEqual(['microbatch-mean']);
    }
  });

  test('is none where the mean over micro-batches is declared', async () => {
    const given = { objective: 'dapo', microbatch: 4, steps: 2 };
    const options = { aggregation: 'microBatchMean', microBatchSize: 4 };
    const legacy = simulate({ ...given, options });
    expect(codesFrom(await auditOf(legacy), 'warning')).toEqual([]);
    // The same weights where the token mean of the batch is declared.
    const wrong = { ...legacy, setting: simulate(given).setting };
    expect(codesFrom(await auditOf(wrong), 'warning')).toEqual(['microbatch-mean']);
  });

  test('is found in the sequence mean too, where micro-batches are of unequal size', async () => {
    const clean = rescaled(simulate({ microbatch: 5 }));
    const wrong = reweighted(clean, (t, all) => {
      const own = all.filter(({ microbatch }) => microbatch === t.microbatch).length;
      return all.length / (new Set(all.map(({ microbatch }) => microbatch)).size * own);
    });
    expect(codesFrom(await auditOf(clean), 'warning')).toEqual([]);
    expect(codesFrom(await auditOf(wrong), 'warning')).toEqual(['microbatch-mean']);
  });

  test('of one batch is told by its size alone, which a common factor hides', async () => {
    const wrong = reweighted(
      simulate({ objective: 'dapo' }),
      (_, all) => sum(all.map(lengthOf)) / all.length,
    );
    const { findings } = await auditOf(wrong);
    const found = findings.find(({ rule }) => rule.code === 'batch-count-divisor');
    expect(found?.evidence.by).toBe('size');
    expect(codesFrom(await auditOf(changed(wrong, (w) => 3 * w)), 'warning')).toEqual([]);
  });

  test('that is the same as another one here is named with it', async () => {
    const setting = { objective: 'dapo', microbatch: 12, ranks: 4 } as const;
    const { findings } = await auditOf(microbatchMean.alter(simulate(setting)));
    const [found, ...others] = findings.filter(({ severity }) => severity !== 'info');
    expect([found!.rule.code, others.length]).toEqual(['microbatch-mean', 0]);
    expect(found!.message).toContain('the same as the mean over ranks');
  });

  test('says how much a token is over- and underweighted, and where most', async () => {
    const wrong = microbatchMean.alter(cleanOf(microbatchMean));
    const { findings } = await auditOf(wrong);
    const found = findings.find(({ rule }) => rule.code === 'microbatch-mean')!;
    const batches = Array.from({ length: 12 }, (_, k) =>
      sum(wrong.trajectories.filter(({ microbatch }) => microbatch === k).map(lengthOf)),
    );
    const least = Math.min(...batches);
    const ratio = Number(found.evidence.largestFactor) / Number(found.evidence.leastFactor);
    expect(ratio).toBeCloseTo(Math.max(...batches) / least, 6);
    const { place } = wrong.trajectories.find(({ microbatch }) => batches[microbatch!] === least)!;
    expect(found.spans[0]).toMatchObject({ file: place.file, line: place.line });
  });

  test('is no error where the objective was fitted and nobody said what was meant', async () => {
    const { trajectories } = microbatchMean.alter(cleanOf(microbatchMean));
    const chosen = { ...choose('dapo', {}), from: 'fit' } as const;
    const { findings } = await runRules(rules, () => trajectories, { chosen });
    expect(findings.find(({ rule }) => rule.code === 'microbatch-mean')?.severity).toBe('warning');
  });
});

test('without an aggregation that is known, nothing is said, with the reason', async () => {
  const objective = defineObjective<Options>({
    name: 'mine',
    sentence: '',
    formula: '',
    source: '',
    options: {},
    loss: (logProb) => sumOf(logProb),
    weights: ({ logProb }) => logProb.map(() => -1),
  });
  const chosen = { objective, options: {}, from: 'user' } as const;
  const { notChecked } = await runRules(rules, () => simulate({ objective: 'dapo' }).trajectories, {
    chosen,
  });
  expect(notChecked.find(({ code }) => code === 'microbatch-mean')?.reason).toBe(
    'the objective has none of the divisors that alternatives are known for',
  );
});
