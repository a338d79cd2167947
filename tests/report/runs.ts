// Training runs for tests of their reports: every number made up, from formulas, so that the same run is the same.
import { repeatRun } from '../../src/cli/repeat.ts';
import type { MetricsLine } from '../../src/documents/train.ts';
import type { TrainReport } from '../../src/report/trainHtml.ts';
import { getPreset, parseConfig, type TrainingConfig, withEntries } from '../../src/training/index.ts';

/** The preset pick-sum with a few steps, and entries replaced. */
export function pickSum(entries: Readonly<Record<string, string>> = {}): TrainingConfig {
  const few = { 'base.steps': '120', 'train.steps': '60', ...entries };
  return parseConfig(withEntries(getPreset('pick-sum').config, Object.entries(few)), 'test');
}

/** A line a step; in base every tenth step was evaluated. */
export function metricsOf(config: TrainingConfig, done: number): MetricsLine[] {
  const base = config.base.loop.steps;
  return Array.from({ length: done }, (_, i): MetricsLine => {
    const step = i + 1;
    const noise = 0.1 * Math.sin(step * step);
    const inBase = step <= base;
    const measured = !inBase || step % 10 === 0;
    const value = (x: number): number | null => (measured ? x + noise : null);
    return {
      step,
      phase: inBase ? 'base' : 'train',
      loss: inBase ? 3 / step + noise : noise,
      reward: value(step / 400),
      firstAttempt: value(0.3),
      stopGivenCorrect: value(0.6),
      // Nobody was wrong in this step.
      resampleGivenWrong: step === base + 7 ? null : value(0.5),
      kept: null,
      missingErrors: null,
      klToBase: inBase ? null : (step - base) / 100 + noise,
      gradNorm: { total: 1.5, sample: 1.2 + noise, decision: 0.9 },
      tokensPerSecond: 20_000 + 100 * noise,
    };
  });
}

/** A report with the commands that `gradsplit train` gives it. */
export function withRepeat(report: Omit<TrainReport, 'repeat'>): TrainReport {
  const { run, dir, kernels, metrics } = report;
  const state = { dir, backend: kernels.backend, stepsDone: metrics.at(-1)?.step ?? 0 };
  return { ...report, repeat: repeatRun(run, state) };
}

/** The report of a run of 180 steps. */
export function trainReport(done = 180, change: Partial<TrainReport> = {}): TrainReport {
  const config = pickSum();
  return withRepeat({
    dir: 'runs/a',
    run: { preset: 'pick-sum', seed: 5, config },
    metrics: metricsOf(config, done),
    kernels: { backend: 'wasm', build: 'plain' },
    version: '0.1.0',
    checkpoint: { folder: 'runs/a/checkpoints/00000180', sha256: 'ab'.repeat(32) },
    rollouts: { kind: 'none', log: 'gradsplit train --preset pick-sum --log-rollouts' },
    ...change,
  });
}
