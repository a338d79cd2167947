// SFT on what the policy itself draws: solved episodes only, and demonstrations with its own errors.
import { beforeAll, describe, expect, test } from 'vitest';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { attemptsOf } from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import type { Task } from '../../src/tasks/index.ts';
import { initialState, type Trainer, type TrainingState, trainStep } from '../../src/training/index.ts';
import type { Material } from '../../src/training/material.ts';
import { materialOf } from '../../src/training/step.ts';
import { tinyTrainer } from './runs.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const FILTERED = { objective: 'sft', data: 'own', prompts: '20', group: '10', 'base.steps': '0' };
const OWN_ERRORS = { objective: 'sft', errors: 'own', wrong: '0,0.5,0.5', batch: '16', 'base.steps': '0' };

/** The trainer with another judge of attempts. */
function judgedBy(trainer: Trainer, check: Task['check']): Trainer {
  return { ...trainer, task: { ...trainer.task, check } };
}

/** The state with which phase `train` begins. */
function begun(trainer: Trainer): TrainingState {
  return { ...initialState(trainer), phase: 'train' };
}

/** Prompts and attempts of the episodes of a batch. */
function episodesOf(
  { layout }: Trainer,
  { episodes }: Material,
): { prompt: number[]; attempts: number[][] }[] {
  const { offsets, targets, inputs, rows } = episodes;
  const ids = inputs.flatMap((part) => [...part.ids]);
  return Array.from({ length: offsets.length - 1 }, (_, i) => {
    // The first token of a response is predicted at the last one of its prompt.
    const end = rows[offsets[i]!]! + 1;
    return {
      prompt: ids.slice(end - layout.promptLength, end),
      attempts: attemptsOf(layout, [...targets.slice(offsets[i]!, offsets[i + 1]!)]),
    };
  });
}

describe('filtered SFT', () => {
  test('learns from the solved episodes and no others', () => {
    scope(() => {
      const plain = tinyTrainer(FILTERED);
      // Right is what ends with 0 or 1: a fifth of what a network draws that has learned nothing.
      const check: Task['check'] = (_, attempt) => plain.task.tokens.decode(attempt).match(/[01]$/) !== null;
      const trainer = judgedBy(plain, check);
      const phase = trainer.config.train;
      const material = materialOf(trainer, phase, begun(trainer), randomStream(1, 'episodes'));
      const kept = episodesOf(trainer, material);
      expect(material.kept).toBe(kept.length);
      expect(kept.length).toBeGreaterThan(10);
      expect(kept.length).toBeLessThan(100);
      expect(material.observed!.reward).toBe(kept.length / 200);
      for (const { prompt, attempts } of kept) expect(check(prompt, attempts.at(-1)!)).toBe(true);
      // Attempts that were given up stay in the trajectory, wrong ones among them.
      expect(kept.some(({ prompt, attempts }) => !check(prompt, attempts[0]!))).toBe(true);
    });
  });

  test('a step without a solved episode leaves everything as it is, and says so', () => {
    scope(() => {
      const trainer = judgedBy(tinyTrainer(FILTERED), () => false);
      const state = begun(trainer);
      const { state: after, metrics } = trainStep(trainer, state);
      expect(metrics).toMatchObject({
        loss: null,
        kept: 0,
        tokens: 0,
        reward: 0,
        gradNorm: { total: 0, sample: 0, decision: 0 },
      });
      expect([after.step, after.updates]).toEqual([1, 0]);
      expect(after.parameters).toBe(state.parameters);
      expect(after.optimiser).toBe(state.optimiser);
    });
  });

  test('a solved episode makes an update', () => {
    scope(() => {
      const trainer = judgedBy(tinyTrainer(FILTERED), () => true);
      const { state: after, metrics } = trainStep(trainer, begun(trainer));
      expect(metrics).toMatchObject({ kept: 200, reward: 1 });
      expect(metrics.gradNorm.sample! * metrics.gradNorm.decision!).toBeGreaterThan(0);
      expect(after.updates).toBe(1);
    });
  });
});

describe("the policy's own errors", () => {
  const demonstrationsOf = (trainer: Trainer): Material =>
    materialOf(trainer, trainer.config.train, begun(trainer), randomStream(1, 'traces'));

  test('are wrong, as many as were asked for, and a right attempt follows', () => {
    scope(() => {
      const trainer = tinyTrainer(OWN_ERRORS);
      const material = demonstrationsOf(trainer);
      expect(material.missingErrors).toBe(0);
      const traces = episodesOf(trainer, material);
      expect(new Set(traces.map(({ attempts }) => attempts.length))).toEqual(new Set([2, 3]));
      for (const { prompt, attempts } of traces) {
        const right = attempts.map((attempt) => trainer.task.check(prompt, attempt));
        expect(right).toEqual(attempts.map((_, k) => k === attempts.length - 1));
      }
    });
  });

  test('are drawn by the policy: a network that knows one token makes errors of that token', () => {
    scope(() => {
      const trainer = tinyTrainer({ ...OWN_ERRORS, learningRate: '0.05', steps: '40', wrong: '1' });
      // Taught on right answers "77…" alone, it says so at every prompt.
      const seven = trainer.task.tokens.encode('7', 'test')[0]!;
      const sevens = trainer.task.attemptLegal.map((legal) => (legal.includes(seven) ? seven : legal[0]!));
      const taught = { ...trainer, task: { ...trainer.task, solution: () => [...sevens] } };
      let state = begun(taught);
      for (let i = 0; i < 40; i++) ({ state } = trainStep(taught, state));
      const asked = tinyTrainer(OWN_ERRORS);
      const material = materialOf(asked, asked.config.train, state, randomStream(1, 'traces'));
      const errors = episodesOf(asked, material).flatMap(({ attempts }) => attempts.slice(0, -1));
      const same = errors.filter((attempt) => attempt.join() === sevens.join());
      expect(same.length).toBeGreaterThan(0.8 * errors.length);
    });
  });

  test('a policy without errors leaves traces shorter, and the metrics say by how many', () => {
    scope(() => {
      const trainer = judgedBy(tinyTrainer(OWN_ERRORS), () => true);
      const asked = episodesOf(trainer, demonstrationsOf(tinyTrainer(OWN_ERRORS)));
      const material = demonstrationsOf(trainer);
      expect(episodesOf(trainer, material).every(({ attempts }) => attempts.length === 1)).toBe(true);
      expect(material.missingErrors).toBe(asked.reduce((sum, { attempts }) => sum + attempts.length - 1, 0));
    });
  });

  test('synthetic errors are not counted as missing', () => {
    scope(() => {
      expect(demonstrationsOf(tinyTrainer({ ...OWN_ERRORS, errors: 'uniform' })).missingErrors).toBeNull();
    });
  });
});
