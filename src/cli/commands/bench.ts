// `gradsplit bench`: how fast the kernels are beside what this machine can do, measured in the same run.
import { type Command, Option } from 'commander';
import type { BenchOptions, BenchResult } from '../../../bench/index.ts';
import { type BackendFlags, backendOption, checkFallback, fallbackOption, onBackend } from '../backend.ts';
import { fitHelp } from '../helpText.ts';
import { note } from '../notes.ts';
import { Outputs } from '../outputs.ts';
import { createProgress, paletteOf, widthOf } from '../terminal.ts';
import { argumentOf, integerOption, positiveOption } from '../values.ts';

interface BenchFlags extends BackendFlags {
  readonly json?: string;
  readonly csv?: string;
  readonly compare?: string;
  readonly interleave?: string;
  readonly peers?: string;
  readonly only?: string;
  readonly samples?: number;
  readonly seconds?: number;
  readonly explain?: true;
}

const SUITES = [
  ...['gemm', 'batched', 'softmax', 'layernorm', 'rmsnorm', 'silu', 'rotary', 'attention', 'adamw'],
  ...['train', 'sample', 'split', 'tree', 'audit', 'fields'],
];

/** Both together bound how long a run takes: more of them no longer tell more than the drift of the machine hides. */
const MOST_SAMPLES = 10_000;
const MOST_SECONDS = 600;

/** Adds the command. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure the kernels beside the ceiling of this machine')
    .addArgument(argumentOf('[suites...]', 'what to measure; everything if left out', SUITES))
    .option('--json <file>', 'write a gradsplit/bench@1 document; - is stdout')
    .option('--csv <file>', 'write one line per case; - is stdout')
    .option(
      '--compare <baseline>',
      'compare with an earlier gradsplit/bench@1 document; exit code 1 for a loss',
    )
    .addOption(
      new Option(
        '--interleave <build>',
        'measure in turn with another build: its dist folder, or plain, relaxed or threads=N for other kernels of this build; ' +
          'exit code 1 for a loss',
      ).conflicts(['json', 'csv', 'compare', 'peers', 'backend']),
    )
    .addOption(backendOption())
    .addOption(fallbackOption())
    .option('--peers <folder>', 'measure other libraries in the same run: the folder of their adapters')
    .option('--only <text>', 'only cases whose name contains the text')
    .option(
      '--samples <n>',
      `samples of a case at least (30), at most ${MOST_SAMPLES}`,
      integerOption('--samples', 1, MOST_SAMPLES),
    )
    .option(
      '--seconds <s>',
      `seconds of a case about (0.5), at most ${MOST_SECONDS}`,
      positiveOption('--seconds', '0.5', MOST_SECONDS),
    )
    .addOption(
      new Option('--explain', 'say what is measured and how, and which kernel variants are chosen').conflicts(
        [...['json', 'csv', 'compare', 'interleave', 'peers', 'backend']],
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  gradsplit bench gemm softmax
  gradsplit bench gemm --json before.json
  gradsplit bench gemm --compare before.json
  gradsplit bench gemm --only 512 --interleave ../before/dist
  gradsplit bench gemm --interleave plain
  GRADSPLIT_THREADS=2 gradsplit bench train --interleave threads=1
  gradsplit bench train --samples 5 --seconds 0.1
  gradsplit bench --explain`,
    )
    .action(benchCommand);
}

async function benchCommand(names: readonly string[], flags: BenchFlags): Promise<void> {
  checkFallback(flags);
  if (flags.explain === true) return explain(names);
  if (flags.interleave !== undefined) return interleave(names, flags.interleave, flags);
  return measure(names, flags);
}

async function explain(names: readonly string[]): Promise<void> {
  const { explainBench } = await import('../../../bench/index.ts');
  await new Outputs({}).print(() => fitHelp(explainBench(names).trimEnd(), widthOf(process.stdout)));
}

/** Calls `body` with the options of a run; progress is shown meanwhile. */
async function withProgress<T>(flags: BenchFlags, body: (options: BenchOptions) => Promise<T>): Promise<T> {
  const progress = await createProgress();
  try {
    return await body({
      ...(flags.samples === undefined ? {} : { minSamples: flags.samples }),
      ...(flags.seconds === undefined ? {} : { maxSeconds: flags.seconds }),
      ...(flags.only === undefined ? {} : { only: flags.only }),
      onProgress: ({ suite, name, index, total }) => progress.update(index - 1, total, `${suite} ${name}`),
    });
  } finally {
    progress.stop();
  }
}

async function interleave(names: readonly string[], other: string, flags: BenchFlags): Promise<void> {
  const bench = await import('../../../bench/index.ts');
  const build = await bench.otherBuild(other);
  const result = await withProgress(flags, (options) => bench.interleave(names, build, options));
  if (result.losses.length > 0) process.exitCode = 1;
  const { interleavingText } = await import('./benchComparison.ts');
  await new Outputs({}).print(() => interleavingText(result, paletteOf(process.stdout)));
}

async function measure(names: readonly string[], flags: BenchFlags): Promise<void> {
  const inputs = flags.compare === undefined ? [] : [flags.compare];
  const outputs = new Outputs({ '--json': flags.json, '--csv': flags.csv }, inputs);
  const { benchCsv, checkComparable, compareBench } = await import('../../../bench/index.ts');
  const baseline = flags.compare === undefined ? undefined : await readBaseline(flags.compare);
  if (baseline !== undefined) checkComparable(names, flags.only, baseline);
  const result = await measureWithPeers(names, flags);
  const comparison = baseline && compareBench(result, baseline);
  if (comparison !== undefined && comparison.losses.length > 0) process.exitCode = 1;
  const { comparisonText } = await import('./benchComparison.ts');
  await outputs.present({
    document: result,
    text: ({ benchTable }, palette) => {
      const table = benchTable(result, palette);
      return comparison === undefined ? table : `${table}\n\n${comparisonText(comparison, palette)}`;
    },
    files: { '--csv': () => [benchCsv(result)] },
  });
}

async function measureWithPeers(names: readonly string[], flags: BenchFlags): Promise<BenchResult> {
  const { openPeers, runBench } = await import('../../../bench/index.ts');
  const { loadWasmKernels } = await import('../../host/loadKernels.ts');
  const found = flags.peers === undefined ? { peers: [], missing: [] } : await openPeers(flags.peers);
  for (const { name, description } of found.peers) note(`peer ${name}: ${description}`);
  for (const reason of found.missing) note(`peer left out: ${reason}`);
  try {
    const kernels = await onBackend(await loadWasmKernels(), flags);
    return await withProgress(flags, (options) =>
      runBench(names, { ...options, kernels, peers: found.peers }),
    );
  } finally {
    for (const peer of found.peers) await peer.close();
  }
}

async function readBaseline(path: string): Promise<BenchResult> {
  const [{ readBenchResult }, { readText }, { parseJson }, { showText }] = await Promise.all([
    import('../../../bench/index.ts'),
    import('../../host/readFile.ts'),
    import('../../base/jsonText.ts'),
    import('../../base/show.ts'),
  ]);
  const name = showText(path);
  return readBenchResult(parseJson(readText(path), name), name);
}
