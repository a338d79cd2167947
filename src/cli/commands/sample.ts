// `gradsplit sample`: episodes of a trained policy at a prompt, with the probability of every decision.
import { type Command, Option } from 'commander';
import { Outputs } from '../outputs.ts';
import { integerOption, required } from '../values.ts';

interface SampleFlags {
  readonly prompt?: string;
  readonly count: number;
  readonly greedy?: true;
  readonly seed: number;
  readonly json?: string;
  readonly rollouts?: string;
}

/** Adds the command. */
export function addSample(program: Command): void {
  program
    .command('sample')
    .description('show what a trained policy answers, and how sure it is of each decision')
    .argument('<dir>', 'a run folder, or one of its checkpoints')
    .option('--prompt <text>', 'what is asked, such as 351924=12; required')
    .addOption(new Option('-n, --count <n>', 'episodes').argParser(integerOption('--count', 1)).default(4))
    .option('--greedy', 'take the likeliest token instead of drawing')
    .addOption(new Option('--seed <n>', 'the seed').argParser(integerOption('--seed', 0)).default(0))
    .option('--json <file>', 'write a gradsplit/sample@1 document; - is stdout')
    .option('--rollouts <file>', 'write the episodes as gradsplit/rollouts@1, a line each; - is stdout')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit sample runs/pick-sum-1 --prompt "351924=12"
  gradsplit sample runs/pick-sum-1 --prompt "351924=12" --greedy -n 1 --json -
  gradsplit sample runs/pick-sum-1 --prompt "351924=12" -n 64 --rollouts rollouts.jsonl`,
    )
    .action(sampleCommand);
}

async function sampleCommand(dir: string, flags: SampleFlags): Promise<void> {
  const prompt = required(flags.prompt, '--prompt <text>');
  const outputs = await Outputs.besideRuns({ '--json': flags.json, '--rollouts': flags.rollouts }, [dir]);
  const [
    { loadWasmKernels },
    { useKernels },
    { readTrained },
    { sample, sampleRollouts },
    { interruptible },
  ] = await Promise.all([
    import('../../host/loadKernels.ts'),
    import('../../autodiff/index.ts'),
    import('../../experiments/run/readTrained.ts'),
    import('../../analyses/sample.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const { atTemperature, greedy } = await import('../../episodes/draw.ts');
  useKernels(await loadWasmKernels());
  const { count, seed } = flags;
  const drawing = flags.greedy === true ? greedy : atTemperature(1);
  const trained = await readTrained(dir, { what: 'sample', count, entry: '--count' });
  const { document, shown } = interruptible(() => sample(trained, { prompt, count, seed, drawing }));
  await outputs.present({
    document,
    text: ({ sampleLines }, palette) => sampleLines(prompt, shown, palette),
    files: { '--rollouts': () => sampleRollouts(document) },
  });
}
