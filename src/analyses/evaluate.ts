// `eval`: how good a trained policy is at its task, by component, in and out of distribution.
import { randomStream } from '../base/random.ts';
import type { EstimatedMeasures, EvaluationDocument } from '../documents/evaluation.ts';
import type { Split } from '../tasks/index.ts';
import { type EvaluationOptions, estimateMeasures, evaluationEpisodes } from '../training/index.ts';
import type { Trained } from './trained.ts';

/** The splits, in the order of all tables. */
export const SPLITS: readonly [Split, Split] = ['id', 'ood'];

/** Something for each split. */
export type BySplit<T> = Readonly<Record<Split, T>>;

/** The stream of the bootstrap, apart from that of the episodes. */
export function bootstrapStream({ seed }: EvaluationOptions, split: Split): ReturnType<typeof randomStream> {
  return randomStream(seed, `bootstrap ${split}`);
}

/**
 * The measures of a policy on both splits.
 * @param onSplit called before each split with the number of splits that are done
 */
export function evaluate(
  { trainer, policy, checkpoint }: Trained,
  options: EvaluationOptions,
  onSplit: (done: number, total: number, label: string) => void,
): EvaluationDocument {
  const [id, ood] = SPLITS.map((split, done) => {
    onSplit(done, SPLITS.length, split);
    const episodes = evaluationEpisodes(trainer, policy, split, options);
    return estimateMeasures(episodes, trainer.layout.attempts, bootstrapStream(options, split));
  }) as [EstimatedMeasures, EstimatedMeasures];
  return { schema: 'gradsplit/eval@1', checkpoint, task: trainer.task.name, splits: { id, ood } };
}
