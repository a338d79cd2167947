// `gradsplit objectives`: the objectives, and how trainers have them.
import type { Command } from 'commander';
import { trainerNames } from '../../objectives/names.ts';
import { Outputs } from '../outputs.ts';

/** Adds the command. */
export function addObjectives(program: Command): void {
  program
    .command('objectives')
    .description('list the objectives, and how trainers have them')
    .argument('[name]', 'one objective in detail, such as grpo, or as one trainer has it, such as grpo@verl')
    .option('--json <file>', 'write a gradsplit/objectives@1 document; - is stdout')
    .addHelpText(
      'after',
      `
Trainers: ${trainerNames.join(', ')}.

Examples:
  gradsplit objectives
  gradsplit objectives grpo
  gradsplit objectives grpo@verl --json -`,
    )
    .action(objectivesCommand);
}

async function objectivesCommand(name: string | undefined, flags: { readonly json?: string }): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const { objectivesDocument } = await import('../../analyses/objectiveList.ts');
  const document = objectivesDocument(name);
  await outputs.present({
    document,
    text: ({ objectivesTable, objectiveDetails }, palette) =>
      name === undefined ? objectivesTable(document, palette) : objectiveDetails(document, palette),
  });
}
