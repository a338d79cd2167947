// `gradsplit train`: a training run in a folder.
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import type { MetricsLine, TrainDocument } from '../../documents/train.ts';
import type { RunConfig } from '../../experiments/run/config.ts';
import type { TrainHooks } from '../../experiments/train.ts';
import { Interrupted, withStopSignal } from '../../host/interrupt.ts';
import type { TimedKernels } from '../../kernels/index.ts';
import { type BackendFlags, backendOption, checkFallback, fallbackOption, onBackend } from '../backend.ts';
import { Outputs } from '../outputs.ts';
import { createProgress, paletteOf } from '../terminal.ts';
import { timeLeft } from '../timeLeft.ts';
import { integerOption, pairsOption } from '../values.ts';

interface TrainFlags extends BackendFlags {
  readonly preset?: string;
  readonly config?: string;
  readonly out?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly threads?: number;
  readonly set?: ReadonlyMap<string, string>;
  readonly from?: string;
  readonly resume?: true;
  readonly profile?: true;
  readonly json?: string;
  readonly help?: true;
}

/** Adds the command. */
export function addTrain(program: Command): void {
  program
    .command('train')
    .description('train a self-correcting transformer: SFT on demonstrations, then any objective')
    .helpOption(false)
    .option('-h, --help', 'print help with all options of a configuration')
    .option('--preset <name>', 'a configuration by name; see gradsplit presets')
    .option(
      '--config <file>',
      'a configuration as JSON, or config.json of a run, whose seed is then the default',
    )
    .option('--out <dir>', 'the folder of the run (default: runs/<preset>-<seed>)')
    .addOption(new Option('--seed <n>', 'the seed (default: 0)').argParser(integerOption('--seed', 0)))
    .addOption(
      new Option('--steps <n>', 'the largest number of steps of the whole run').argParser(
        integerOption('--steps', 1),
      ),
    )
    .addOption(
      new Option('--threads <n>', 'threads that compute; results do not depend on their number').argParser(
        integerOption('--threads', 1),
      ),
    )
    .addOption(
      new Option('--set <key=value>', 'an entry of the configuration; may be repeated').argParser(
        pairsOption('--set'),
      ),
    )
    .option(
      '--from <dir>',
      'begin with the end of base of another run that has the same seed, task, model and base',
    )
    .addOption(backendOption())
    .addOption(fallbackOption())
    .option('--resume', 'continue the run in --out from its last checkpoint')
    .addOption(
      new Option('--profile', 'say at the end how much of the time each kernel took').conflicts('backend'),
    )
    .option('--json <file>', 'write a gradsplit/train@1 document; - is stdout')
    .addHelpText(
      'after',
      `
A key with a dot names a section (task, model, run, base, train). A key without a dot belongs to train. docs/training.md describes them.
Ctrl-C saves the state and ends with exit code 130.

Examples:
  gradsplit train --preset pick-sum --out runs/a --seed 1
  gradsplit train --preset pick-sum --out runs/b --set objective=grpo --set update=decision --set base.steps=300
  gradsplit train --preset pick-sum --out runs/c --seed 1 --from runs/a --set update=sample
  gradsplit train --out runs/a --resume
  gradsplit train --preset pick-sum --out runs/d --steps 50 --profile`,
    )
    .action(trainCommand);
}

function checkFlags(flags: TrainFlags): void {
  if (flags.resume === true) {
    for (const name of ['preset', 'config', 'seed', 'set', 'from'] as const) {
      if (flags[name] === undefined) continue;
      throw new InputError(
        `--resume: expected no --${name} with it, because the folder has the configuration`,
      );
    }
    if (flags.out === undefined)
      throw new InputError('--resume: expected --out with a run folder, found none');
    return;
  }
  if ((flags.preset === undefined) === (flags.config === undefined)) {
    const found = flags.preset === undefined ? 'neither' : 'both';
    throw new InputError(`train: expected either --preset or --config, found ${found}`);
  }
  if (flags.config !== undefined && flags.out === undefined) {
    throw new InputError('train: expected --out with --config, found none');
  }
}

async function runConfigOf({ preset, config, set = new Map(), seed }: TrainFlags): Promise<RunConfig> {
  const [{ getPreset, parseConfig, withEntries }, { loadModules }, { fromFolder }] = await Promise.all([
    import('../../training/index.ts'),
    import('../../host/loadModule.ts'),
    import('../../host/configPaths.ts'),
  ]);
  if (preset !== undefined) {
    const value = fromFolder(withEntries(getPreset(preset).config, set), '.');
    await loadModules(value);
    return { preset, seed: seed ?? 0, config: parseConfig(value, `preset ${preset}`) };
  }
  const { readText } = await import('../../host/readFile.ts');
  const { parseJson } = await import('../../base/jsonText.ts');
  const { showText } = await import('../../base/show.ts');
  const { configOfFile } = await import('../../experiments/run/config.ts');
  const file = configOfFile(parseJson(readText(config!), showText(config!)), showText(config!));
  const value = fromFolder(file.config, dirname(config!));
  // parseConfig refuses what is not an object, with the file's name.
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isObject ? fromFolder(withEntries(value as Record<string, unknown>, set), '.') : value;
  await loadModules(entries);
  return { preset: null, seed: seed ?? file.seed ?? 0, config: parseConfig(entries, showText(config!)) };
}

/** What the progress bar says of a step. */
function stepLabel(line: MetricsLine): string {
  const { phase, loss, reward, firstAttempt, stopGivenCorrect, resampleGivenWrong, gradNorm } = line;
  const seen = {
    loss,
    reward,
    first: firstAttempt,
    'S|right': stopGivenCorrect,
    'R|wrong': resampleGivenWrong,
    'gradient sample': gradNorm.sample,
    decision: gradNorm.decision,
  };
  const said = Object.entries(seen).flatMap(([name, x]) => (x === null ? [] : [`${name} ${x.toFixed(3)}`]));
  const learned = loss === null ? ['nothing to learn from'] : [];
  return [phase, ...learned, ...said, `${Math.round(line.tokensPerSecond)} tokens/s`].join(' ');
}

/** The kernels in use, profiled if that was asked for. */
async function prepareKernels(flags: TrainFlags): Promise<TimedKernels | undefined> {
  const [{ loadWasmKernels }, { useKernels }, { timedKernels }] = await Promise.all([
    import('../../host/loadKernels.ts'),
    import('../../autodiff/index.ts'),
    import('../../kernels/index.ts'),
  ]);
  const { threads, profile } = flags;
  const wasm = await loadWasmKernels(threads === undefined ? {} : { threads });
  const kernels = await onBackend(wasm, flags);
  const timed = profile === true ? timedKernels(kernels, () => performance.now()) : undefined;
  useKernels(timed?.kernels ?? kernels);
  return timed;
}

/** Help with the options of a configuration, which are loaded for nothing else at start-up. */
async function printHelp(command: Command): Promise<void> {
  const { trainingOptionsTable } = await import('../../report/tables.ts');
  command.outputHelp();
  process.stdout.write(`\n${trainingOptionsTable(paletteOf(process.stdout))}\n`);
}

async function trainCommand(flags: TrainFlags, command: Command): Promise<void> {
  if (flags.help === true) return printHelp(command);
  checkFlags(flags);
  checkFallback(flags);
  const outputs = new Outputs({ '--json': flags.json });
  const run = flags.resume === true ? undefined : await runConfigOf(flags);
  const [{ resume, train, trainFrom }, { Diverged }] = await Promise.all([
    import('../../experiments/train.ts'),
    import('../../training/index.ts'),
  ]);
  const timed = await prepareKernels(flags);
  const dir = flags.out ?? `runs/${run!.preset}-${run!.seed}`;
  const writeReport = async (): Promise<void> => {
    const [{ writeRunReport }, { currentKernels }] = await Promise.all([
      import('../runReport.ts'),
      import('../../tensor/backend.ts'),
    ]);
    await writeRunReport(dir, currentKernels());
  };
  const progress = await createProgress();
  const left = timeLeft();
  let before: number | undefined;
  const hooks = (signal: AbortSignal): TrainHooks => ({
    ...(flags.steps === undefined ? {} : { steps: flags.steps }),
    ...(timed === undefined ? {} : { timed }),
    stop: () => signal.aborted,
    onStep(line, total) {
      before ??= line.step - 1;
      progress.update(line.step - 1, total, `${stepLabel(line)}${left(line.step / total, before / total)}`);
    },
  });
  const begin = (signal: AbortSignal): Promise<TrainDocument> => {
    if (run === undefined) return resume(dir, hooks(signal));
    if (flags.from === undefined) return train(dir, run, hooks(signal));
    return trainFrom(dir, run, flags.from, hooks(signal));
  };
  try {
    const result = await withStopSignal(begin).finally(progress.stop);
    await writeReport();
    await outputs.present({
      document: result,
      text: ({ profileTable, trainSummary }, palette) => {
        const summary = trainSummary(result, join(dir, 'report.html'));
        if (result.profile === undefined) return summary;
        return `${profileTable(result.profile, palette)}\n\n${summary}`;
      },
    });
  } catch (error) {
    if (error instanceof Interrupted || error instanceof Diverged) await writeReport();
    if (!(error instanceof Diverged)) throw error;
    const { lastCheckpoint } = await import('../../experiments/run/checkpoints.ts');
    const last = lastCheckpoint(dir);
    const saved =
      last === undefined ? 'there is no checkpoint' : `the last checkpoint, from before, is ${last}`;
    process.stderr.write(`gradsplit: ${error.message}; ${saved}\n`);
    process.exitCode = 1;
  }
}
