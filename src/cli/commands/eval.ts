// `gradsplit eval`: the measures of a trained policy.
import type { Command } from 'commander';
import { unlessLost } from '../../host/lostOutput.ts';
import { type EvaluationFlags, optionsOf, READING, useThreads, withFlags } from '../evaluation.ts';
import { Outputs } from '../outputs.ts';
import { createProgress } from '../terminal.ts';

/** Adds the command. */
export function addEval(program: Command): void {
  withFlags(program.command('eval'), 'gradsplit/eval@1')
    .description('measure a trained policy: attempts and decisions, in and out of distribution')
    .argument('<dir>', 'a run folder, or one of its checkpoints')
    .addHelpText(
      'after',
      `${READING}

Examples:
  gradsplit eval runs/pick-sum-1
  gradsplit eval runs/pick-sum-1/checkpoints/00001500 --episodes 5000 --json base.json`,
    )
    .action(evalCommand);
}

async function evalCommand(dir: string, flags: EvaluationFlags): Promise<void> {
  const outputs = await Outputs.besideRuns({ '--json': flags.json }, [dir]);
  await useThreads(flags.threads);
  const [{ readTrained }, { evaluate }, { interruptible }] = await Promise.all([
    import('../../experiments/run/readTrained.ts'),
    import('../../analyses/evaluate.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const options = await optionsOf(flags);
  const trained = await readTrained(dir, { what: 'eval', count: flags.episodes, entry: '--episodes' });
  const progress = await createProgress();
  const document = interruptible(() => evaluate(trained, options, unlessLost(progress.update)));
  progress.stop();
  await outputs.present({
    document,
    text: ({ evaluationTable }, palette) => evaluationTable(document, palette),
  });
}
