// What tests of training share: a run small enough for seconds, and one step of it.
import { addition } from '../../src/tasks/index.ts';
import {
  createTrainer,
  parseConfig,
  type Trainer,
  type TrainingConfig,
  withEntries,
} from '../../src/training/index.ts';

/** Two digits, d = 16, a few steps. */
export const TINY: Record<string, unknown> = {
  task: { name: 'addition', digits: 2 },
  model: { width: 16, layers: 1, heads: 2 },
  run: { attempts: 3, evaluateEvery: 2, evaluateEpisodes: 8 },
  base: { steps: 3, batch: 8, wrong: [0.5, 0.5] },
  train: { objective: 'rloo', steps: 3, prompts: 3, group: 4 },
};

export function tinyConfig(entries: Readonly<Record<string, string>> = {}): TrainingConfig {
  // SFT has no prompts and groups of its own.
  const value = entries.objective === 'sft' ? { ...TINY, train: { steps: 3 } } : TINY;
  return parseConfig(withEntries(value, Object.entries(entries)), 'test');
}

export function tinyTrainer(entries: Readonly<Record<string, string>> = {}, seed = 1): Trainer {
  const config = tinyConfig(entries);
  return createTrainer(config, seed, addition.create(config.task.options));
}
