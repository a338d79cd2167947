// What does not change during a run: its configuration, task, layout of episodes, network.

import { checkWrong, type EpisodeLayout, episodeLayout } from '../episodes/index.ts';
import { type Gpt2, gpt2 } from '../nn/index.ts';
import type { Task } from '../tasks/index.ts';
import type { TrainingConfig } from './config.ts';

/** What does not change during a run. */
export interface Trainer {
  readonly config: TrainingConfig;
  readonly seed: number;
  readonly task: Task;
  readonly layout: EpisodeLayout;
  readonly model: Gpt2;
}

/**
 * A run with a configuration.
 * @throws InputError if sizes do not fit together
 */
export function createTrainer(config: TrainingConfig, seed: number, task: Task): Trainer {
  const layout = episodeLayout(task, config.run.attempts as number);
  for (const { objective, options } of [config.base, config.train]) {
    if (objective === 'sft' && options.data === 'traces')
      checkWrong(wrongOf(options.wrong as string), layout.attempts);
  }
  const { width, layers, heads } = config.model as Record<'width' | 'layers' | 'heads', number>;
  const { vocabulary, context } = layout;
  const model = gpt2({ vocabulary, context, width, layers, heads, tied: true });
  return { config, seed, task, layout, model };
}

/** Probabilities from their text. */
export function wrongOf(text: string): number[] {
  return text.split(',').map(Number);
}
