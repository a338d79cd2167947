// `gradsplit reproduce`: the paper's empirical claim, measured: SFT and RL from the same bases, over seeds.
import { type Command, Option } from 'commander';
import type { Plan } from '../../analyses/reproduce/plan.ts';
import { InputError } from '../../base/errors.ts';
import type { ReproduceDocument } from '../../documents/reproduce.ts';
import type { ReproduceHooks } from '../../experiments/reproduce/reproduce.ts';
import { withStopSignal } from '../../host/interrupt.ts';
import { Outputs } from '../outputs.ts';
import { createProgress } from '../terminal.ts';
import { timeLeft } from '../timeLeft.ts';
import { integerOption, pairsOption } from '../values.ts';

interface ReproduceFlags {
  readonly seeds?: number;
  readonly quick?: true;
  readonly episodes?: number;
  readonly out?: string;
  readonly set?: ReadonlyMap<string, string>;
  readonly workers?: number;
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
      new Option('--set <key=value>', 'an entry of the configuration; may be repeated').argParser(
        pairsOption('--set'),
      ),
    )
    .addOption(
      new Option(
        '--workers <n>',
        'runs at a time; results do not depend on it (default: one per core)',
      ).argParser(integerOption('--workers', 1)),
    )
    .option('--resume', 'continue the experiment in --out')
    .option('--json <file>', 'write a gradsplit/reproduce@1 document; - is stdout')
    .addHelpText(
      'after',
      `
From one base per seed: SFT on demonstrations, and RL that updates both components, only π_sample, or only π_d, all on equally
many trajectories. Every model is measured in and out of distribution, components are swapped, and a rule stated beforehand gives
each statement of the claim a verdict. The folder keeps all runs, reproduce.json and report.html. Ctrl-C saves them, and --resume
continues.

Examples:
  gradsplit reproduce pick-sum --quick
  gradsplit reproduce pick-sum-in-loss --seeds 8 --out runs/in-loss --json -
  gradsplit reproduce pick-sum --set objective=grpo --set base.wrongAttempts=inLoss --out runs/mine
  gradsplit reproduce --out runs/mine --resume`,
    )
    .action(reproduceCommand);
}

function checkResume(preset: string | undefined, flags: ReproduceFlags): void {
  if (preset !== undefined)
    throw new InputError('--resume: expected no preset with it, because the folder has one');
  for (const name of ['seeds', 'quick', 'episodes', 'set'] as const) {
    if (flags[name] === undefined) continue;
    throw new InputError(`--resume: expected no --${name} with it, because the folder has the settings`);
  }
  if (flags.out === undefined)
    throw new InputError('--resume: expected --out with the folder of an experiment, found none');
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

/** Of a share of the whole, as a progress bar counts. */
const PARTS = 1000;

async function reproduceCommand(preset: string | undefined, flags: ReproduceFlags): Promise<void> {
  if (flags.resume === true) checkResume(preset, flags);
  const plan = flags.resume === true ? undefined : await planOf(preset ?? 'pick-sum', flags);
  const outputs = new Outputs({ '--json': flags.json });
  const [{ reproduce, resumeReproduce }, { availableParallelism }] = await Promise.all([
    import('../../experiments/reproduce/reproduce.ts'),
    import('node:os'),
  ]);
  const dir = flags.out ?? `runs/reproduce-${plan!.preset}${plan!.quick ? '-quick' : ''}`;
  const workers = flags.workers ?? availableParallelism();
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
  const document = await withStopSignal<ReproduceDocument>((signal) =>
    plan === undefined ? resumeReproduce(dir, hooks(signal)) : reproduce(dir, plan, hooks(signal)),
  ).finally(progress.stop);
  const { writeReproduceReport } = await import('../reproduceReport.ts');
  await writeReproduceReport(dir, document);
  await outputs.present({
    document,
    text: ({ reproduceTable }, palette) => reproduceTable(document, dir, palette),
  });
}
