// What tests of episodes share: a small task, a small network with logits that differ, demonstrations.
import type { FloatType, Tensor } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import {
  drawDemonstration,
  type Episode,
  type EpisodeLayout,
  episodeLayout,
  responseOf,
} from '../../src/episodes/index.ts';
import { type Gpt2, gpt2 } from '../../src/nn/index.ts';
import { pickSum, type Task } from '../../src/tasks/index.ts';
import { spreadParameters } from '../nn/models.ts';

export const task: Task = pickSum.create();
export const layout: EpisodeLayout = episodeLayout(task, 3);
export const model: Gpt2 = gpt2({
  vocabulary: layout.vocabulary,
  context: layout.context,
  width: 8,
  layers: 1,
  heads: 2,
  tied: true,
});

export function parametersOf(dtype: FloatType): Record<string, Tensor> {
  return spreadParameters(model, 1, dtype);
}

/** Demonstrations at prompts of the task. */
export function demonstrations(count: number, seed = 1): Episode[] {
  const random = randomStream(seed, 'traces');
  const prompts = Array.from({ length: count }, () => task.prompt('id', random));
  const options = { wrong: [0.4, 0.3, 0.3], errors: 'uniform' } as const;
  return prompts.map((prompt) => ({
    prompt,
    response: responseOf(layout, drawDemonstration(task, prompt, options, random)),
  }));
}
