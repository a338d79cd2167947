// `compare`: two trained policies, their components swapped, and the gain shared out between sampling and deciding.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import type { ComparedSplit, ComparisonDocument } from '../documents/comparison.ts';
import type { Split } from '../tasks/index.ts';
import {
  type EvaluationOptions,
  estimateMeasures,
  estimateShapley,
  gridOf,
  swapEpisodes,
} from '../training/index.ts';
import { bootstrapStream, SPLITS } from './evaluate.ts';
import type { Trained } from './trained.ts';

/** @throws InputError unless both answer the same questions in the same form */
function checkComparable(a: Trained, b: Trained): void {
  const questionsOf = ({ trainer }: Trained): string => {
    const { name, options, tokens } = trainer.task;
    return JSON.stringify({ name, options, tokens: tokens.names, attempts: trainer.layout.attempts });
  };
  if (questionsOf(a) === questionsOf(b)) return;
  throw new InputError(
    `compare: expected two runs with the same task, its options and attempts, found ${showText(a.checkpoint)} with ${a.trainer.task.name} and ${showText(b.checkpoint)} with ${b.trainer.task.name}`,
  );
}

/**
 * Compares two policies of one task: the measures of each, and of the two policies that swap their components.
 * @param onSplit called before each split with the number of splits that are done
 * @throws InputError unless both have the same task with the same options
 */
export function compare(
  a: Trained,
  b: Trained,
  options: EvaluationOptions,
  onSplit: (done: number, total: number, label: string) => void,
): ComparisonDocument {
  checkComparable(a, b);
  const { trainer } = a;
  const { attempts } = trainer.layout;
  const compared = (split: Split, done: number): ComparedSplit => {
    onSplit(done, SPLITS.length, split);
    const episodes = swapEpisodes(trainer, a.policy, b.policy, split, options);
    return {
      grid: gridOf((cell) =>
        estimateMeasures(episodes[cell], attempts, bootstrapStream(options, split).split(cell)),
      ),
      shapley: estimateShapley(episodes, bootstrapStream(options, split).split('shapley')),
    };
  };
  const [id, ood] = SPLITS.map(compared) as [ComparedSplit, ComparedSplit];
  return {
    schema: 'gradsplit/compare@1',
    models: [a.checkpoint, b.checkpoint],
    task: trainer.task.name,
    splits: { id, ood },
  };
}
