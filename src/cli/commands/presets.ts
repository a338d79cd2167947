// `gradsplit presets`: the training configurations that have a name.
import type { Command } from 'commander';
import type { PresetsDocument } from '../../documents/presets.ts';
import { Outputs } from '../outputs.ts';

/** Adds the command. */
export function addPresets(program: Command): void {
  program
    .command('presets')
    .description('list the named training configurations')
    .option('--json <file>', 'write a gradsplit/presets@1 document; - is stdout')
    .action(presetsCommand);
}

async function presetsCommand(flags: { readonly json?: string }): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const { presets } = await import('../../training/index.ts');
  const listed = presets.map(({ name, task, sentence, minutes }) => ({ name, task, sentence, minutes }));
  const document: PresetsDocument = { schema: 'gradsplit/presets@1', presets: listed };
  await outputs.present({ document, text: ({ presetsTable }, palette) => presetsTable(document, palette) });
}
