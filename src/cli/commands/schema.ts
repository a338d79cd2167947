// `gradsplit schema`: the JSON Schema of a document that gradsplit reads or writes.
import type { Command } from 'commander';
import { documentNames } from '../../documents/names.ts';
import { Outputs } from '../outputs.ts';
import { argumentOf } from '../values.ts';

/** Adds the command. */
export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of a document')
    .addArgument(argumentOf('<name>', 'the document', documentNames))
    .addHelpText(
      'after',
      `
Examples:
  gradsplit schema policy@1
  gradsplit schema gradsplit/verify@1 > verify.schema.json`,
    )
    .action(schemaCommand);
}

async function schemaCommand(name: string): Promise<void> {
  const { jsonSchema } = await import('../../documents/index.ts');
  const schema = jsonSchema(name);
  await new Outputs({}).print(() => JSON.stringify(schema, null, 2));
}
