// `gradsplit reproduce`: the paper's empirical claim, measured: SFT and RL from the same bases, over seeds.
import { type Command, Option } from 'commander';
import type { Plan } from '../../analyses/reproduce/plan.ts';
import type { ExperimentOrder, ReproduceHooks } from '../../experiments/reproduce/reproduce.ts';
import { Interrupted, withStopSignal } from '../../host/interrupt.ts';
import { Outputs } from '../outputs.ts';
import { createProgress } from '../terminal.ts';
import { timeLeft } from '../timeLeft.ts';
import { integerOption, logRolloutsOption, pairsOption } from '../values.ts';

interface ReproduceFlags {
  readonly seeds?: number;
  readonly quick?: true;
  readonly episodes?: number;
  readonly out?: string;
  readonly set?: ReadonlyMap<string, string>;
  readonly workers?: number;
  readonly logRollouts?: number;
  readonly resume?: true;
  readonly json?: string;
}

/** Adds the command. */
export function addReproduce(program: Command): void {
  program
    .command('reproduce')
    .description('measure the claim that RL generalises better than SFT through its decisions')
    .argument('[preset]', 'a configuration by name; see gradsplit presets (default: pick-sum)')
    .addOption(
      new Option('--seeds <n>', 'seeds 1 … n (default: 5, with --quick 3)').argParser(
        integerOption('--seeds', 1),
      ),
    )
    .addOption(
      new Option(
        '--episodes <n>',
        'episodes per split, model and seed (default: 1000, with --quick 500)',
      ).argParser(integerOption('--episodes', 1)),
    )
    .option(
      '--quick',
      'fewer seeds, steps and episodes: takes about a fifth of the time, and intervals are wide',
    )
    .option('--out <dir>', 'the folder of the experiment (default: runs/reproduce-<preset>[-quick])')
    .addOption(
      new Option(
        '--set <key=value>',
        'one entry of the configuration; for several, give --set several times',
      ).argParser(pairsOption('--set')),
    )
    .addOption(
      new Option(
        '--workers <n>',
        'runs at a time; results do not depend on it (default: one per core, or as many as there is memory for)',
      ).argParser(integerOption('--workers', 1)),
    )
    .addOption(logRolloutsOption())
    .option('--resume', 'go on with the experiment in the folder, or begin it if there is none')
    .option('--json <file>', 'write a gradsplit/reproduce@1 document; - is stdout')
    .addHelpText(
      'after',
      `
From one base per seed: SFT on demonstrations, and RL that updates both components, only π_sample, or only π_d, all on equally
many trajectories. Every model is measured in and out of distribution, components are swapped, and a rule stated beforehand gives
each statement of the claim a verdict. The folder keeps all runs, reproduce.json and report.html. Ctrl-C, SIGTERM and SIGHUP save them,
and the same command with --resume goes on, also with more seeds.

Examples:
  gradsplit reproduce pick-sum --quick
  gradsplit reproduce pick-sum-in-loss --seeds 8 --out runs/in-loss --json -
  gradsplit reproduce pick-sum --set objective=grpo --set base.wrongAttempts=inLoss --out runs/mine
  gradsplit reproduce --out runs/mine --resume`,
    )
    .action(reproduceCommand);
}

async function planOf(
  preset: string,
  { quick, seeds, episodes, set = new Map() }: ReproduceFlags,
): Promise<Plan> {
  const [{ getPreset, parseConfig, withEntries }, { loadModules }, { EPISODES, SEEDS }, { fromFolder }] =
    await Promise.all([
      import('../../training/index.ts'),
      import('../../host/loadModule.ts'),
      import('../../analyses/reproduce/plan.ts'),
      import('../../host/configPaths.ts'),
    ]);
  const value = fromFolder(withEntries(getPreset(preset).config, set), '.');
  await loadModules(value);
  const config = parseConfig(value, `preset ${preset}`);
  const kind = quick === true ? 'quick' : 'full';
  return {
    preset,
    quick: kind === 'quick',
    seeds: seeds ?? SEEDS[kind],
    episodes: episodes ?? EPISODES[kind],
    config,
  };
}

/**
 * The plan, and the folder. A command line that names nothing but the folder means the experiment that is there.
 */
async function orderOf(
  preset: string | undefined,
  flags: ReproduceFlags,
): Promise<{ readonly dir: string; readonly order: ExperimentOrder }> {
  const { quick, seeds, episodes, set, out, resume = false } = flags;
  const namesNothing = [preset, quick, seeds, episodes, set].every((value) => value === undefined);
  if (resume && namesNothing && out !== undefined) {
    const { hasExperiment, readPlan } = await import('../../experiments/reproduce/settings.ts');
    if (hasExperiment(out)) return { dir: out, order: { plan: (await readPlan(out)).plan, resume } };
  }
  const plan = await planOf(preset ?? 'pick-sum', flags);
  return {
    dir: out ?? `runs/reproduce-${plan.preset}${plan.quick ? '-quick' : ''}`,
    order: { plan, resume },
  };
}

/** Of a share of the whole, as a progress bar counts. */
const PARTS = 1000;

async function reproduceCommand(preset: string | undefined, flags: ReproduceFlags): Promise<void> {
  const { dir, order } = await orderOf(preset, flags);
  const outputs = await Outputs.besideRuns({ '--json': flags.json }, [dir]);
  const [{ reproduce }, { affordableWorkers }, { availableParallelism }, { goOnWithExperiment }] =
    await Promise.all([
      import('../../experiments/reproduce/reproduce.ts'),
      import('../../experiments/reproduce/memory.ts'),
      import('node:os'),
      import('../repeat.ts'),
    ]);
  const workers = flags.workers ?? affordableWorkers(order.plan, availableParallelism());
  const { timeInWords } = await import('../../report/tables.ts');
  const progress = await createProgress({ secondsBetween: 60 });
  const left = timeLeft();
  const hooks = (signal: AbortSignal): ReproduceHooks => ({
    workers,
    signal,
    onEstimate: (seconds, runs) =>
      process.stderr.write(
        `${runs} runs and their evaluations take about ${timeInWords(seconds)} on this machine, ${workers} at a time\n`,
      ),
    onProgress: (share, before, label) =>
      progress.update(Math.floor(share * PARTS), PARTS, `${label}${left(share, before)}`),
  });
  const logging = flags.logRollouts === undefined ? {} : { logRollouts: flags.logRollouts };
  const document = await withStopSignal(
    (signal) => reproduce(dir, { ...order, ...logging }, hooks(signal)),
    () => process.stderr.write('The steps that are running end first, then all runs are saved.\n'),
  )
    .catch((error: unknown) => {
      if (!(error instanceof Interrupted)) throw error;
      const goOn = goOnWithExperiment(dir, flags.logRollouts);
      throw new Interrupted(`all runs are saved in ${dir}; go on with: ${goOn}`, error.signal);
    })
    .finally(progress.stop);
  const { writeReproduceReport } = await import('../pages/experiment.ts');
  await writeReproduceReport(dir, document);
  await outputs.present({
    document,
    text: ({ reproduceTable }, palette) => reproduceTable(document, dir, palette),
  });
}
