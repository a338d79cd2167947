// A trainer holds what does not change during a run: its configuration, task, layout of episodes and network.
import { checkWrong } from '../episodes/demonstration.ts';
import { type EpisodeLayout, episodeLayout } from '../episodes/index.ts';
import { type ModelConfig, type Network, networkOfConfig } from '../nn/index.ts';
import type { Task } from '../tasks/index.ts';
import type { TrainingConfig } from './config.ts';
import { checkModelMemory } from './memory.ts';
import { modelConfigOf } from './network.ts';

/**
 * A `Trainer` is the part of a run that does not change: its configuration, task, layout of episodes and
 * network.
 */
export interface Trainer {
  readonly config: TrainingConfig;
  readonly seed: number;
  readonly task: Task;
  readonly layout: EpisodeLayout;
  readonly model: Network<ModelConfig>;
}

/**
 * Creates the trainer of a run with a configuration.
 * @throws InputError naming the keys of the configuration that do not fit together, or if the network is too large for any kernels
 */
export function createTrainer(config: TrainingConfig, seed: number, task: Task): Trainer {
  checkModelMemory(config, task);
  const layout = episodeLayout(task, config.run.attempts);
  for (const name of ['base', 'train'] as const) {
    const phase = config[name];
    if (phase.learnsFrom === 'demonstrations') checkWrong(phase.loop.wrong, layout.attempts, `${name}.wrong`);
  }
  const model = networkOfConfig(modelConfigOf(layout, config.model));
  return { config, seed, task, layout, model };
}
