// `gradsplit claims`: what is claimed, under which assumptions.
import type { Command } from 'commander';
import type { ClaimsDocument } from '../../documents/claims.ts';
import { Outputs } from '../outputs.ts';

/** Adds the command. */
export function addClaims(program: Command): void {
  program
    .command('claims')
    .description('list the claims with their statements and assumptions')
    .option('--json <file>', 'write a gradsplit/claims@1 document; - is stdout')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit claims
  gradsplit claims --json - | less`,
    )
    .action(claimsCommand);
}

async function claimsCommand(flags: { readonly json?: string }): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const { claims } = await import('../../claims/index.ts');
  const listed = claims.map(({ id, title, statement, assumptions }) => ({
    id,
    title,
    statement,
    assumptions,
  }));
  const document: ClaimsDocument = { schema: 'gradsplit/claims@1', claims: listed };
  await outputs.present({ document, text: ({ claimsTable }, palette) => claimsTable(listed, palette) });
}
