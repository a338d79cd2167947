// The gradient of every method on episodes of a task, against central differences of Σ_t −w_t·log π_t − entropy·mean H in
// float64 with the weights of the objective held fixed; and its split by component.
import { beforeAll, describe, expect, test } from 'vitest';
import { logSumExp, scope, type Tensor, tensor, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import {
  atTemperature,
  decodable,
  drawRollouts,
  type EpisodeBatch,
  entropies,
  episodeBatch,
  legalLogits,
  logProbsOf,
} from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { getObjective, type ObjectiveName, objectiveNames } from '../../src/objectives/index.ts';
import { COMPONENTS } from '../../src/policy/index.ts';
import {
  type Outcome,
  type PhaseConfig,
  parseConfig,
  splitGradient,
  type TrainingState,
  tokenBatch,
} from '../../src/training/index.ts';
import type { Material } from '../../src/training/material.ts';
import { materialOf } from '../../src/training/step.ts';
import { demonstrations, layout, model, parametersOf, task } from '../episodes/episodes.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const ENTROPY = 0.3;

function phaseWith(objective: ObjectiveName, extra: Record<string, unknown>): PhaseConfig {
  return parseConfig({ task: { name: 'pickSum' }, train: { objective, ...extra } }, 'test').train;
}

/** Episodes drawn by the model, two prompts × four; old and reference policies a little off. */
function material(): { episodes: EpisodeBatch; outcome: Outcome } {
  const prompts = demonstrations(2).flatMap(({ prompt }) => [prompt, prompt, prompt, prompt]);
  const parameters = parametersOf('f64');
  const rollouts = drawRollouts(decodable(model, parameters), {
    layout,
    prompts,
    drawing: atTemperature(1),
    random: (row) => randomStream(3, 'row', row),
  });
  const episodes = episodeBatch(layout, rollouts);
  const random = randomStream(4, 'noise');
  const logProb = logProbsOf(model, parameters, episodes);
  const near = (): Float64Array => logProb.map((x) => x + 0.1 * random.normal());
  return {
    episodes,
    outcome: {
      oldLogProb: near(),
      refLogProb: near(),
      reward: Float64Array.from(prompts, (_, i) => (i % 3) - 0.1 * (i % 2)),
      group: Int32Array.from(prompts, (_, i) => Math.floor(i / 4)),
    },
  };
}

/** What the loop itself learns from in a phase of SFT: demonstrations, or solved episodes, of this model. */
function sftMaterial(phase: PhaseConfig, parameters: Record<string, Tensor>): Material {
  const config = parseConfig({ task: { name: 'pickSum' }, run: { attempts: 3 } }, 'test');
  const trainer = { config: { ...config, train: phase }, seed: 1, task, layout, model };
  const state: TrainingState = {
    phase: 'train',
    step: 0,
    updates: 0,
    parameters,
    optimiser: {},
    reference: parameters,
  };
  return materialOf(trainer, phase, state, randomStream(6, 'material'));
}

/** Tensors of the shapes of the parameters along which the loss is differentiated. */
function directionOf(parameters: Record<string, Tensor>): Record<string, Float64Array> {
  const random = randomStream(5, 'direction');
  return Object.fromEntries(
    Object.entries(parameters).map(([path, { size }]) => [
      path,
      Float64Array.from({ length: size }, () => random.normal()),
    ]),
  );
}

const EXTRAS: readonly Record<string, unknown>[] = [
  {},
  { update: 'sample', entropy: ENTROPY },
  { update: 'decision' },
];
const cases = objectiveNames.flatMap((objective) => [
  ...EXTRAS.map((extra) => ({ objective, extra })),
  ...(objective === 'sft'
    ? [
        { objective, extra: { wrongAttempts: 'masked', segmentWeight: 'segment' } },
        { objective, extra: { valueBonus: 0.4, entropy: ENTROPY } },
        { objective, extra: { valueBonus: 0.4, update: 'sample' } },
        { objective, extra: { data: 'own', prompts: 8, group: 64, wrongAttempts: 'masked' } },
        { objective, extra: { data: 'own', prompts: 8, group: 64, segmentWeight: 'segment' } },
        { objective, extra: { errors: 'own', batch: 6, wrong: '0.4,0.6', wrongAttempts: 'masked' } },
        { objective, extra: { errors: 'own', batch: 6, wrong: '0.4,0.6', update: 'decision' } },
      ]
    : [
        { objective, extra: { beta: 0.3, klPlacement: 'loss' } },
        { objective, extra: { beta: 0.3, klPlacement: 'reward' } },
        { objective, extra: { beta: 0.3, klPlacement: 'loss', klEstimator: 'k2', klWeight: 'segment' } },
        { objective, extra: { beta: 0.3, klPlacement: 'reward', klWeight: 'segment' } },
      ]),
]);

test.each(cases)('$objective $extra: agrees with central differences', ({ objective, extra }) => {
  scope(() => {
    const phase = phaseWith(objective, extra);
    const parameters = parametersOf('f64');
    const own =
      phase.learnsFrom === 'solved' || (phase.learnsFrom === 'demonstrations' && phase.loop.errors === 'own');
    const { episodes, outcome } = own ? sftMaterial(phase, parameters) : material();
    const direction = directionOf(parameters);
    const batch = tokenBatch(episodes, outcome, logProbsOf(model, parameters, episodes));
    const weights = getObjective(objective).weights(batch, phase.options);
    const counted = [...episodes.component].map(
      (c, t) =>
        episodes.mask[t] === 1 && (phase.options.update === 'both' || COMPONENTS[c] === phase.options.update),
    );
    const count = counted.filter(Boolean).length;
    const lossAt = (step: number): number =>
      scope(() => {
        const moved = Object.fromEntries(
          Object.entries(parameters).map(([path, p]) => [
            path,
            tensor(
              Float64Array.from(p.readSync(), (x, i) => x + step * direction[path]![i]!),
              { shape: p.shape, dtype: 'f64' },
            ),
          ]),
        );
        const logits = legalLogits(model, moved, episodes);
        const entropy = entropies(logits).readSync();
        const value = logSumExp(logits).readSync();
        const ofValue = phase.learnsFrom === 'episodes' ? 0 : phase.loop.valueBonus / count;
        const bonus = phase.loop.entropy / count;
        const logProb = logProbsOf(model, moved, episodes);
        let sum = 0;
        logProb.forEach((x, t) => {
          sum -= weights[t]! * x + (counted[t] ? bonus * entropy[t]! + ofValue * value[t]! : 0);
        });
        return sum;
      });
    // Fourth order: (8(f(h) − f(−h)) − (f(2h) − f(−2h)))/12h. The truncation h⁴·f⁽⁵⁾/30 was 2e-6 at h = 1e-3 and is 625 times
    // smaller here; rounding is ε·|f|/h, near 1e-11.
    const h = 2e-4;
    const measured = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
    const { gradient } = splitGradient(model, parameters, phase, episodes, outcome);
    let expected = 0;
    let scale = 0;
    for (const [path, g] of Object.entries(gradient)) {
      g.readSync().forEach((x, i) => {
        expected += x * direction[path]![i]!;
        scale += Math.abs(x * direction[path]![i]!);
      });
    }
    expect(scale).toBeGreaterThan(1e-3);
    expect(Math.abs(measured - expected)).toBeLessThan(1e-8 * (1 + scale));
  });
});

describe('the split', () => {
  const norms = (extra: Record<string, unknown>): ReturnType<typeof splitGradient> =>
    scope(() => {
      const { episodes, outcome } = material();
      return splitGradient(model, parametersOf('f64'), phaseWith('rloo', extra), episodes, outcome);
    });

  test('adds up: the parts of both are the gradients of each component alone', () => {
    scope(() => {
      const both = norms({ update: 'both' });
      const sample = norms({ update: 'sample' });
      const decision = norms({ update: 'decision' });
      for (const [path, g] of Object.entries(both.gradient)) {
        const [a, b] = [sample, decision].map((part) => part.gradient[path]!.readSync());
        g.readSync().forEach((x, i) => {
          // Both sides are sums of fewer than 1e4 products of numbers below 1e2.
          expect(Math.abs(x - a![i]! - b![i]!)).toBeLessThan(1e4 * 1e2 * Number.EPSILON);
        });
      }
      expect(both.norms.sample).toBeCloseTo(sample.norms.total, 10);
      expect(both.norms.decision).toBeCloseTo(decision.norms.total, 10);
      expect(both.norms.sample! * both.norms.decision!).toBeGreaterThan(0);
    });
  });

  test.each([Number.POSITIVE_INFINITY, 3])(
    'left out, the gradient is the same (micro-batches of %d)',
    (most) => {
      scope(() => {
        const { episodes, outcome } = material();
        const [split, whole] = [true, false].map((isSplit) =>
          splitGradient(model, parametersOf('f64'), phaseWith('rloo', {}), episodes, outcome, most, isSplit),
        );
        expect([whole!.norms.sample, whole!.norms.decision]).toEqual([null, null]);
        expect(whole!.loss).toBe(split!.loss);
        expect(whole!.norms.total).toBeGreaterThan(1e-3);
        for (const [path, g] of Object.entries(split!.gradient)) {
          const other = whole!.gradient[path]!.readSync();
          // Both sides are sums of fewer than 1e4 products of numbers below 1e2.
          g.readSync().forEach((x, i) => {
            expect(Math.abs(x - other[i]!)).toBeLessThan(1e4 * 1e2 * Number.EPSILON);
          });
        }
      });
    },
  );

  test('a component that is not updated carries nothing', () => {
    expect(norms({ update: 'sample' }).norms.decision).toBe(0);
    expect(norms({ update: 'decision' }).norms.sample).toBe(0);
  });
});
