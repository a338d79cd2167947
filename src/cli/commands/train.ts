// `gradsplit train`: a training run in a folder.
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { MetricsLine } from '../../documents/train.ts';
import type { TrainHooks } from '../../experiments/takeSteps.ts';
import { Interrupted, withStopSignal } from '../../host/interrupt.ts';
import type { TimedKernels } from '../../kernels/index.ts';
import { type BackendFlags, backendOption, checkFallback, fallbackOption, onBackend } from '../backend.ts';
import { note } from '../notes.ts';
import { Outputs } from '../outputs.ts';
import { createProgress, paletteOf } from '../terminal.ts';
import { timeLeft } from '../timeLeft.ts';
import { type OrderFlags, trainOrderOf } from '../trainOrder.ts';
import { integerOption, logRolloutsOption, pairsOption } from '../values.ts';

interface TrainFlags extends BackendFlags, OrderFlags {
  readonly threads?: number;
  readonly profile?: true;
  readonly logRollouts?: number;
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
      new Option(
        '--steps <n>',
        'steps of the whole run: fewer than configured, or more of its last phase',
      ).argParser(integerOption('--steps', 1)),
    )
    .addOption(
      new Option('--threads <n>', 'threads that compute; results do not depend on their number').argParser(
        integerOption('--threads', 1),
      ),
    )
    .addOption(
      new Option(
        '--set <key=value>',
        'one entry of the configuration; for several, give --set several times',
      ).argParser(pairsOption('--set')),
    )
    .option(
      '--from <dir>',
      'begin with the end of base of another run that has the same seed, task, model, attempts and base, and divides its batches alike',
    )
    .addOption(backendOption())
    .addOption(fallbackOption())
    .option(
      '--resume',
      'go on with the run in the folder from its last checkpoint, or begin it if there is none',
    )
    .addOption(logRolloutsOption())
    .addOption(
      new Option('--profile', 'say at the end how much of the time each kernel took').conflicts('backend'),
    )
    .option('--json <file>', 'write a gradsplit/train@1 document; - is stdout')
    .addHelpText(
      'after',
      `
A key with a dot names a section (task, model, run, base, train). A key without a dot belongs to train. docs/training.md describes them.
Ctrl-C, SIGTERM and SIGHUP save the state and end with exit code 130, 143 and 129. The same command with --resume goes on.

Examples:
  gradsplit train --preset pick-sum --out runs/a --seed 1
  gradsplit train --preset pick-sum --out runs/b --set objective=grpo --set update=decision --set base.steps=300
  gradsplit train --preset pick-sum --out runs/c --seed 1 --from runs/a --set update=sample
  gradsplit train --out runs/a --resume
  gradsplit train --preset pick-sum --out runs/d --steps 50 --profile`,
    )
    .action(trainCommand);
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
  checkFallback(flags);
  const { dir, order } = await trainOrderOf(flags);
  const outputs = await Outputs.besideRuns({ '--json': flags.json }, [dir]);
  const [{ train }, { Diverged }, { goOnWithRun }] = await Promise.all([
    import('../../experiments/train.ts'),
    import('../../training/index.ts'),
    import('../repeat.ts'),
  ]);
  const timed = await prepareKernels(flags);
  const writeReport = async (): Promise<void> => {
    const [{ writeRunReport }, { currentKernels }] = await Promise.all([
      import('../pages/run.ts'),
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
    ...(flags.logRollouts === undefined ? {} : { logRollouts: flags.logRollouts }),
    stop: () => signal.aborted,
    onNote: (text) => note(text),
    onStep(line, total) {
      before ??= line.step - 1;
      progress.update(line.step - 1, total, `${stepLabel(line)}${left(line.step / total, before / total)}`);
    },
  });
  try {
    const result = await withStopSignal((signal) => train(dir, order, hooks(signal))).finally(progress.stop);
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
    if (error instanceof Interrupted && error.saved !== undefined) {
      await writeReport();
      const goOn = goOnWithRun(dir, flags.backend, flags.steps, flags.logRollouts);
      throw new Interrupted(`${error.saved}; go on with: ${goOn}`, error.signal);
    }
    if (!(error instanceof Diverged)) throw error;
    await writeReport();
    const { lastCheckpoint } = await import('../../experiments/run/checkpoints.ts');
    const last = lastCheckpoint(dir);
    const saved =
      last === undefined ? 'there is no checkpoint' : `the last checkpoint, from before, is ${last}`;
    process.stderr.write(`gradsplit: ${error.message}; ${saved}\n`);
    process.exitCode = 1;
  }
}
