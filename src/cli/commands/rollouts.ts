// `gradsplit rollouts`: rollouts of any trainer as rollouts@1, and which formats are read.
import { type Command, Option } from 'commander';
import type { RolloutFormatsDocument } from '../../documents/rolloutFormats.ts';
import { byteProgress } from '../byteProgress.ts';
import { note } from '../notes.ts';
import { Outputs } from '../outputs.ts';

interface ConvertFlags {
  readonly format?: string;
  readonly skipBad?: true;
  readonly output: string;
}

/** Adds the command. */
export function addRollouts(program: Command): void {
  const rollouts = program.command('rollouts').description('read rollouts of other trainers');
  rollouts
    .command('convert')
    .description('write rollouts of any format as gradsplit/rollouts@1')
    .argument(
      '<in...>',
      'files or folders of runs, in the order in which they are read; - is stdin; gzip and zstd are undone',
    )
    .addOption(new Option('--format <name>', 'the format; recognised by the fields if left out'))
    .option('--skip-bad', 'leave out lines that are wrong, and count them')
    .option('-o, --output <file>', 'where to write it; - is stdout', '-')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit rollouts convert rollout_data/7.jsonl -o rollouts.jsonl
  gradsplit rollouts convert train_data_step1.jsonl train_data_step2.jsonl -o rollouts.jsonl
  zstd -dc run.jsonl.zst | gradsplit rollouts convert - --format verl -o rollouts.jsonl`,
    )
    .action(convertCommand);
  rollouts
    .command('formats')
    .description('list the formats that are read: who writes them, and what they cannot tell')
    .option('--json <file>', 'write a gradsplit/rolloutFormats@1 document; - is stdout')
    .action(formatsCommand);
}

async function convertCommand(paths: readonly string[], flags: ConvertFlags): Promise<void> {
  const { rolloutFiles } = await import('../../host/rollouts/files.ts');
  const inputs = paths.flatMap((path) => (path === '-' ? [] : rolloutFiles(path).map((file) => file.path)));
  const outputs = new Outputs({ '--output': flags.output }, inputs);
  const [{ openRollouts }, { Conversion }, { conversionText }] = await Promise.all([
    import('../../host/rollouts/open.ts'),
    import('../../rollouts/index.ts'),
    import('../conversionText.ts'),
  ]);
  const { format, skipBad = false } = flags;
  const source = await openRollouts(paths, { ...(format && { format }), skipBad, once: true });
  const progress = await byteProgress();
  try {
    const rollouts = source.read((where) => progress.update(where));
    const conversion = new Conversion(rollouts);
    await outputs.write('--output', () => conversion.pieces());
    progress.stop();
    note(conversionText(rollouts.report, conversion));
  } finally {
    progress.stop();
    await source.close();
  }
}

async function formatsCommand(flags: { readonly json?: string }): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const { rolloutFormats } = await import('../../rollouts/index.ts');
  const formats = rolloutFormats.map(({ name, title, writtenBy, lacks }) => ({
    name,
    title,
    writtenBy,
    lacks,
  }));
  const document: RolloutFormatsDocument = { schema: 'gradsplit/rolloutFormats@1', formats };
  await outputs.present({
    document,
    text: ({ rolloutFormatsTable }, palette) => rolloutFormatsTable(document, palette),
  });
}
