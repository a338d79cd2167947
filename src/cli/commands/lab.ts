// `gradsplit lab`: one published system built small, run over seeds: its checks, its controls, and how its gradient divides.
import { type Command, Option } from 'commander';
import type { LabOrder } from '../../experiments/labs/runLab.ts';
import type { Lab } from '../../labs/index.ts';
import { labNames } from '../../labs/names.ts';
import { Outputs } from '../outputs.ts';
import { paletteOf } from '../terminal.ts';
import { argumentOf, integerOption, pairsOption } from '../values.ts';

/** More seeds than this are no plan. */
export const MOST_SEEDS = 1000;
/** Seeds are no larger. */
const MOST_SEED = 1_000_000_000;

interface LabFlags {
  readonly seeds?: number;
  readonly firstSeed?: number;
  readonly set?: ReadonlyMap<string, string>;
  readonly full?: true;
  readonly out?: string;
  readonly resume?: true;
  readonly workers?: number;
  readonly explain?: true;
  readonly json?: string;
  readonly report?: string;
}

/** Adds the command. */
export function addLab(program: Command): void {
  program
    .command('lab')
    .description('run a lab: a published system built small, with checks and controls, over seeds')
    .addArgument(argumentOf('<name>', 'the lab; see gradsplit labs', labNames))
    .addOption(
      new Option(
        '--seeds <n>',
        'how many seeds (default: 5 for most labs, or as many as the folder has)',
      ).argParser(integerOption('--seeds', 1, MOST_SEEDS)),
    )
    .addOption(
      new Option(
        '--first-seed <n>',
        'where they begin (default: that of the lab, beyond every seed that was looked at while it was made)',
      ).argParser(integerOption('--first-seed', 1, MOST_SEED)),
    )
    .addOption(
      new Option(
        '--set <key=value>',
        'one setting of the lab; for several, give --set several times',
      ).argParser(pairsOption('--set')),
    )
    .option('--full', 'the larger settings of the lab')
    .option('--explain', 'say what the lab asks, how it is built and which settings it has; run nothing')
    .option(
      '--out <dir>',
      'the folder of the lab (default: runs/lab-<name>[-full|-<hash of the settings>][-from-<first seed>])',
    )
    .option('--resume', 'keep the seeds in the folder that are finished, and run the others')
    .addOption(
      new Option(
        '--workers <n>',
        'seeds at a time; results do not depend on it (default: one per core)',
      ).argParser(integerOption('--workers', 1)),
    )
    .option('--json <file>', 'write a gradsplit/lab@1 document; - is stdout')
    .option('--report <file>', 'write the report to one more place; the folder has report.html')
    .addHelpText(
      'after',
      `
The folder keeps settings.json, a file for every seed, lab.json and report.html. Ctrl-C, SIGTERM and SIGHUP stop between steps; finished
seeds stay, and the same command with --resume runs the others, also with more seeds. The exit code is 0 if the lab is shown: every check
holds, every control is rejected, and the audit of its rollouts finds what the lab says; 1 if it is not shown or undecided.

Examples:
  gradsplit lab energy
  gradsplit lab energy --explain
  gradsplit lab uncalibrated --seeds 8 --json -
  gradsplit lab em --full --report em.html
  gradsplit lab energy --out runs/lab-energy --resume --seeds 10`,
    )
    .action(labCommand);
}

interface Placed {
  readonly dir: string;
  readonly order: LabOrder;
}

/** The lab, its settings, and the folder. A command line that names nothing but the folder means the lab that is there. */
async function orderOf(lab: Lab, { seeds, firstSeed, set, out, ...flags }: LabFlags): Promise<Placed> {
  const [{ firstSeedOf, labSettings }, { valueOfText }, files, { chooseBuild }] = await Promise.all([
    import('../../labs/index.ts'),
    import('../../base/options.ts'),
    import('../../experiments/labs/settings.ts'),
    import('../../host/wasmBuild.ts'),
  ]);
  const resume = flags.resume === true;
  const many = {
    ...(seeds === undefined ? {} : { seeds }),
    ...(firstSeed === undefined ? {} : { firstSeed }),
  };
  const namesNothing = set === undefined && flags.full === undefined;
  if (resume && namesNothing && out !== undefined && files.hasSettings(out)) {
    const began = files.readLabSettings(out);
    if (began.lab === lab.name) {
      const options = labSettings(lab, began.settings, false);
      return { dir: out, order: { lab, options, full: began.full, resume, ...many } };
    }
  }
  const full = flags.full === true;
  const given = Object.fromEntries([...(set ?? [])].map(([key, text]) => [key, valueOfText(text)]));
  const order = { lab, options: labSettings(lab, given, full), full, resume, ...many };
  const hash = files.shortHash(files.labSettingsOf({ ...order, build: chooseBuild() }, 1));
  const suffix = set !== undefined ? `-${hash}` : full ? '-full' : '';
  const from = firstSeed === undefined || firstSeed === firstSeedOf(lab) ? '' : `-from-${firstSeed}`;
  return { dir: out ?? `runs/lab-${lab.name}${suffix}${from}`, order };
}

async function labCommand(name: string, flags: LabFlags): Promise<void> {
  const { labNamed, labs } = await import('../../labs/index.ts');
  const lab = labNamed(labs, name);
  if (flags.explain === true) {
    const { labText } = await import('../../report/tables.ts');
    return new Outputs({}).print(() => labText(lab, paletteOf(process.stdout)));
  }
  const { dir, order } = await orderOf(lab, flags);
  const outputs = await Outputs.besideRuns({ '--json': flags.json, '--report': flags.report }, [dir]);
  const [{ runWithProgress }, { labReport, writeLabReport }, { goOnWithLab }] = await Promise.all([
    import('../labRun.ts'),
    import('../pages/lab.ts'),
    import('../repeatLab.ts'),
  ]);
  const { workers } = flags;
  const goOn = goOnWithLab(lab.name, dir);
  const document = await runWithProgress(dir, order, {
    goOn,
    ...(workers === undefined ? {} : { workers }),
  });
  await writeLabReport(dir, lab, document);
  await outputs.present({
    document,
    text: ({ labTable }, palette) => labTable(document, dir, palette),
    files: { '--report': () => labReport(dir, lab, document) },
  });
  if (document.verdict !== 'shown') process.exitCode = 1;
}
