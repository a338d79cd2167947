// `gradsplit eval` and `gradsplit compare`: measures of trained policies, and of two with their components swapped.
import { type Command, Option } from 'commander';
import type { EvaluationOptions } from '../../training/index.ts';
import { Outputs } from '../outputs.ts';
import { createProgress } from '../terminal.ts';
import { integerOption } from '../values.ts';

interface EvaluationFlags {
  readonly episodes: number;
  readonly seed: number;
  readonly greedy?: true;
  readonly threads?: number;
  readonly json?: string;
}

const READING = `
DIR is a run folder, whose last checkpoint is taken, or one of its checkpoints. Prompts and random numbers depend only on --seed,
so all policies answer the same questions.`;

function withFlags(command: Command, document: string): Command {
  return command
    .addOption(
      new Option('--episodes <n>', 'prompts per split, with one episode each')
        .argParser(integerOption('--episodes', 1))
        .default(1000),
    )
    .addOption(
      new Option('--seed <n>', 'the seed of the evaluation').argParser(integerOption('--seed', 0)).default(0),
    )
    .option('--greedy', 'take the likeliest token instead of drawing')
    .addOption(
      new Option('--threads <n>', 'threads that compute; results do not depend on their number').argParser(
        integerOption('--threads', 1),
      ),
    )
    .option('--json <file>', `write a ${document} document; - is stdout`);
}

/** Adds both commands. */
export function addEvaluate(program: Command): void {
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

async function optionsOf(flags: EvaluationFlags): Promise<EvaluationOptions> {
  const { atTemperature, greedy } = await import('../../episodes/draw.ts');
  const { episodes, seed } = flags;
  return { episodes, seed, drawing: flags.greedy === true ? greedy : atTemperature(1) };
}

async function useThreads(threads: number | undefined): Promise<void> {
  const [{ loadWasmKernels }, { useKernels }] = await Promise.all([
    import('../../host/loadKernels.ts'),
    import('../../autodiff/index.ts'),
  ]);
  useKernels(await loadWasmKernels(threads === undefined ? {} : { threads }));
}

async function evalCommand(dir: string, flags: EvaluationFlags): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  await useThreads(flags.threads);
  const [{ readTrained }, { evaluate }, { interruptible }] = await Promise.all([
    import('../../experiments/run/readTrained.ts'),
    import('../../analyses/evaluate.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const options = await optionsOf(flags);
  const trained = await readTrained(dir);
  const progress = await createProgress();
  const document = interruptible(() => evaluate(trained, options, progress.update));
  progress.stop();
  await outputs.present({
    document,
    text: ({ evaluationTable }, palette) => evaluationTable(document, palette),
  });
}

async function compareCommand(a: string, b: string, flags: EvaluationFlags): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  await useThreads(flags.threads);
  const [{ readTrained }, { compare }, { interruptible }] = await Promise.all([
    import('../../experiments/run/readTrained.ts'),
    import('../../analyses/compare.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const options = await optionsOf(flags);
  const [first, second] = [await readTrained(a), await readTrained(b)];
  const progress = await createProgress();
  const document = interruptible(() => compare(first, second, options, progress.update));
  progress.stop();
  await outputs.present({
    document,
    text: ({ comparisonTable }, palette) => comparisonTable(document, palette),
  });
}
