// `gradsplit bench`: how fast the kernels are beside what this machine can do, measured in the same run.
import { type Command, Option } from 'commander';
import type { BenchResult } from '../../../bench/index.ts';
import { Outputs } from '../outputs.ts';
import { createProgress, paletteOf } from '../terminal.ts';

interface BenchFlags {
  readonly json?: string;
  readonly csv?: string;
  readonly compare?: string;
  readonly explain?: true;
}

/** Adds the command. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure the kernels beside the ceiling of this machine')
    .argument('[suites...]', 'suites to run, such as gemm softmax (default: all)')
    .option('--json <file>', 'write a gradsplit/bench@1 document; - is stdout')
    .option('--csv <file>', 'write one line per case; - is stdout')
    .option(
      '--compare <baseline>',
      'compare with an earlier gradsplit/bench@1 document; exit code 1 for a loss',
    )
    .addOption(
      new Option('--explain', 'say what is measured and how, and measure nothing').conflicts([
        'json',
        'csv',
        'compare',
      ]),
    )
    .addHelpText(
      'after',
      `
Examples:
  gradsplit bench gemm softmax
  gradsplit bench gemm --json before.json
  gradsplit bench gemm --compare before.json
  gradsplit bench --explain`,
    )
    .action(benchCommand);
}

async function benchCommand(names: readonly string[], flags: BenchFlags): Promise<void> {
  const inputs = flags.compare === undefined ? [] : [flags.compare];
  const outputs = new Outputs({ '--json': flags.json, '--csv': flags.csv }, inputs);
  const { benchCsv, compareBench, explainBench, runBench } = await import('../../../bench/index.ts');
  if (flags.explain === true) {
    await outputs.print(() => explainBench(names).trimEnd());
    return;
  }
  const baseline = flags.compare === undefined ? undefined : await readBaseline(flags.compare);
  const progress = await createProgress();
  let result: BenchResult;
  try {
    result = await runBench(names, {
      onProgress: ({ suite, name, index, total }) => progress.update(index - 1, total, `${suite} ${name}`),
    });
  } finally {
    progress.stop();
  }
  const comparison = baseline && compareBench(result, baseline);
  if (comparison !== undefined && comparison.losses.length > 0) process.exitCode = 1;
  const { jsonChunks } = await import('../../base/json.ts');
  await outputs.write('--json', () => jsonChunks(result));
  await outputs.write('--csv', () => [benchCsv(result)]);
  const { benchTable } = await import('../../report/tables.ts');
  const palette = paletteOf(process.stdout);
  await outputs.print(() => benchTable(result, palette));
  if (comparison === undefined) return;
  const { comparisonText } = await import('./benchComparison.ts');
  await outputs.print(() => `\n${comparisonText(comparison, palette)}`);
}

async function readBaseline(path: string): Promise<BenchResult> {
  const [{ readBenchResult }, { readText }, { parseJson }, { showText }] = await Promise.all([
    import('../../../bench/index.ts'),
    import('../../experiments/host/readText.ts'),
    import('../../base/jsonText.ts'),
    import('../../base/show.ts'),
  ]);
  const name = showText(path);
  return readBenchResult(parseJson(readText(path), name), name);
}
