// `gradsplit compare`: two trained policies, with their components swapped.
import type { Command } from 'commander';
import { unlessLost } from '../../host/lostOutput.ts';
import { type EvaluationFlags, optionsOf, READING, useThreads, withFlags } from '../evaluation.ts';
import { Outputs } from '../outputs.ts';
import { createProgress } from '../terminal.ts';

/** Adds the command. */
export function addCompare(program: Command): void {
  withFlags(program.command('compare'), 'gradsplit/compare@1')
    .description('swap the components of two trained policies, and divide the gain between them')
    .argument('<a>', 'a run folder, or one of its checkpoints')
    .argument('<b>', 'another one, of the same task')
    .addHelpText(
      'after',
      `${READING}
x/y: x draws the attempts, y decides. The gain in accuracy from a/a to b/b is divided by the Shapley value.

Examples:
  gradsplit compare runs/sft runs/rl
  gradsplit compare runs/rl/checkpoints/00001500 runs/rl --json -`,
    )
    .action(compareCommand);
}

async function compareCommand(a: string, b: string, flags: EvaluationFlags): Promise<void> {
  const outputs = await Outputs.besideRuns({ '--json': flags.json }, [a, b]);
  await useThreads(flags.threads);
  const [{ readTrained }, { compare }, { interruptible }] = await Promise.all([
    import('../../experiments/run/readTrained.ts'),
    import('../../analyses/compare.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const options = await optionsOf(flags);
  // The four policies of a swap are played on the same prompts, and their episodes are kept.
  const asked = { what: 'compare', count: 4 * flags.episodes, entry: '--episodes' };
  const [first, second] = [await readTrained(a, asked), await readTrained(b, asked)];
  const progress = await createProgress();
  const document = interruptible(() => compare(first, second, options, unlessLost(progress.update)));
  progress.stop();
  await outputs.present({
    document,
    text: ({ comparisonTable }, palette) => comparisonTable(document, palette),
  });
}
