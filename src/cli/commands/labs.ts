// `gradsplit labs`: the labs, listed or all of them run.
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { LabDocument } from '../../documents/labs.ts';
import { Outputs } from '../outputs.ts';
import { integerOption } from '../values.ts';
import { MOST_SEEDS } from './lab.ts';

interface LabsFlags {
  readonly runAll?: true;
  readonly seeds?: number;
  readonly full?: true;
  readonly out: string;
  readonly resume?: true;
  readonly workers?: number;
  readonly json?: string;
}

/** Adds the command. */
export function addLabs(program: Command): void {
  program
    .command('labs')
    .description('list the labs: published systems built small, with what they claim')
    .option('--run-all', 'run all of them, and print what they found as one table')
    .addOption(
      new Option('--seeds <n>', 'with --run-all: how many seeds of each (default: 5 for most)').argParser(
        integerOption('--seeds', 1, MOST_SEEDS),
      ),
    )
    .option('--full', 'with --run-all: the settings of the paper’s size, as far as they fit')
    .option('--out <dir>', 'with --run-all: where the folders of the labs are', 'runs')
    .option('--resume', 'with --run-all: keep the seeds that are finished')
    .addOption(
      new Option('--workers <n>', 'with --run-all: seeds at a time (default: one per core)').argParser(
        integerOption('--workers', 1),
      ),
    )
    .option('--json <file>', 'write a gradsplit/labs@1 document; - is stdout')
    .addHelpText(
      'after',
      `
With --run-all the exit code is 1 unless every lab is shown.

Examples:
  gradsplit labs
  gradsplit labs --json - | less
  gradsplit labs --run-all --seeds 5`,
    )
    .action(labsCommand);
}

/** @throws InputError if something is asked for that only --run-all has */
async function checkListing({ runAll, seeds, full, out, resume, workers }: LabsFlags): Promise<void> {
  if (runAll === true) return;
  const given = {
    '--seeds': seeds,
    '--full': full,
    '--out': out === 'runs' ? undefined : out,
    '--resume': resume,
    '--workers': workers,
  };
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  const { InputError } = await import('../../base/errors.ts');
  throw new InputError(`labs: ${name} needs --run-all`);
}

/** Runs all labs, one after the other. */
async function runAll(flags: LabsFlags): Promise<LabDocument[]> {
  const [{ labs, labSettings }, { runWithProgress }, { writeLabReport }, { shellWord }] = await Promise.all([
    import('../../labs/index.ts'),
    import('../labRun.ts'),
    import('../pages/lab.ts'),
    import('../repeat.ts'),
  ]);
  const { seeds, resume = false, workers, out } = flags;
  const full = flags.full === true;
  const goOn = [
    'gradsplit labs --run-all --resume',
    ...(full ? ['--full'] : []),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(out === 'runs' ? [] : [`--out ${shellWord(out)}`]),
  ].join(' ');
  const documents: LabDocument[] = [];
  for (const [i, lab] of labs.entries()) {
    const dir = join(out, `lab-${lab.name}${full ? '-full' : ''}`);
    const order = {
      lab,
      options: labSettings(lab, {}, full),
      full,
      resume,
      ...(seeds === undefined ? {} : { seeds }),
    };
    const label = `${lab.name} (${i + 1} of ${labs.length}), `;
    const document = await runWithProgress(dir, order, {
      goOn,
      label,
      ...(workers === undefined ? {} : { workers }),
    });
    await writeLabReport(dir, lab, document);
    documents.push(document);
  }
  return documents;
}

async function labsCommand(flags: LabsFlags): Promise<void> {
  await checkListing(flags);
  const outputs = new Outputs({ '--json': flags.json });
  const [{ labsDocument }, { labs }] = await Promise.all([
    import('../../analyses/labs.ts'),
    import('../../labs/index.ts'),
  ]);
  const found = flags.runAll === true ? await runAll(flags) : undefined;
  const document = labsDocument(labs, found);
  await outputs.present({
    document,
    text: ({ labsTable, labResultsTable }, palette) =>
      found === undefined ? labsTable(document, palette) : labResultsTable(document, palette),
  });
  if (found?.some(({ verdict }) => verdict !== 'shown')) process.exitCode = 1;
}
