// Several training runs beside each other: what each did, and where their configurations differ.
import type { RunsDocument } from '../documents/runs.ts';
import type { MetricsLine } from '../documents/train.ts';
import { configEntries, type TrainingConfig } from '../training/index.ts';

/** A run as it lies in its folder. */
export interface RecordedRun {
  readonly dir: string;
  readonly run: { readonly preset: string | null; readonly seed: number; readonly config: TrainingConfig };
  readonly metrics: readonly MetricsLine[];
}

/** The document gradsplit/runs@1. */
export function runsDocument(runs: readonly RecordedRun[]): RunsDocument {
  const entries = runs.map(({ run }) => configEntries(run.config));
  const keys = new Set(entries.flatMap((of) => [...of.keys()]));
  const differences = [...keys].flatMap((key) => {
    const values = entries.map((of) => of.get(key) ?? null);
    return new Set(values).size === 1 ? [] : [{ key, values }];
  });
  return {
    schema: 'gradsplit/runs@1',
    runs: runs.map(({ dir, run: { preset, seed, config }, metrics }) => ({
      dir,
      preset,
      seed,
      task: config.task.name,
      base: config.base.objective,
      train: config.train.objective,
      steps: metrics.at(-1)?.step ?? 0,
      last: metrics.at(-1) ?? null,
    })),
    differences,
  };
}
