// `gradsplit report`: training runs beside each other, as one page.
import type { Command } from 'commander';
import type { RecordedRun } from '../../analyses/runs.ts';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { Outputs } from '../outputs.ts';

interface ReportFlags {
  readonly out: string;
  readonly json?: string;
}

/** Curves that a picture can hold. */
const MOST_RUNS = 15;

/** Adds the command. */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('show training runs beside each other: their curves over one axis, and where they differ')
    .argument('<runs...>', 'two or more folders of runs')
    .option('-o, --out <file>', 'the page, one HTML file that needs no network', 'runs.html')
    .option('--json <file>', 'write a gradsplit/runs@1 document; - is stdout')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit report runs/a runs/b
  gradsplit report runs/reproduce-pick-sum/seed-1/rl runs/reproduce-pick-sum/seed-2/rl -o seeds.html
  gradsplit report runs/a runs/b --json -`,
    )
    .action(reportCommand);
}

async function reportCommand(dirs: readonly string[], flags: ReportFlags): Promise<void> {
  if (dirs.length < 2 || dirs.length > MOST_RUNS) {
    throw new InputError(`report: expected 2 to ${MOST_RUNS} folders of runs, found ${dirs.length}`);
  }
  const twice = dirs.find((dir, i) => dirs.indexOf(dir) < i);
  if (twice !== undefined) throw new InputError(`report: ${showText(twice)} is named twice`);
  const outputs = await Outputs.besideRuns({ '--out': flags.out, '--json': flags.json }, dirs);
  const [{ readRunConfig }, { readMetrics }, { runsDocument }] = await Promise.all([
    import('../../experiments/run/config.ts'),
    import('../../experiments/run/metrics.ts'),
    import('../../analyses/runs.ts'),
  ]);
  const runs: RecordedRun[] = [];
  for (const dir of dirs) runs.push({ dir, run: await readRunConfig(dir), metrics: readMetrics(dir) });
  const document = runsDocument(runs);
  await outputs.present({
    document,
    text: ({ runsTable }) => runsTable(document, flags.out),
    files: {
      '--out': async () => {
        const { runsHtml } = await import('../../report/runsHtml.ts');
        return [
          runsHtml(
            document,
            runs.map(({ metrics }) => metrics),
          ),
        ];
      },
    },
  });
}
