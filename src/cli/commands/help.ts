// `gradsplit help`: the help of a command, or a topic of the documentation.
import type { Command } from 'commander';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { suggest } from '../../base/suggest.ts';
import { Outputs } from '../outputs.ts';
import { paletteOf } from '../terminal.ts';
import { claimTopics, type Topic, topics } from '../topics.ts';
import { argumentOf } from '../values.ts';

/** Adds the command, in place of the one that commander has. */
export function addHelp(program: Command): void {
  const explained = [...topics, ...claimTopics].map(({ name }) => name);
  const names = [...new Set([...program.commands.map((command) => command.name()), ...explained])];
  const longest = Math.max(...topics.map(({ name }) => name.length));
  const [first, last] = [claimTopics[0]!, claimTopics.at(-1)!];
  const list = [...topics, { ...first, name: `${first.name} … ${last.name}` }]
    .map(({ name, sentence }) => `  ${name.padEnd(longest)}  ${sentence}`)
    .join('\n');
  program
    .helpCommand(false)
    .command('help')
    .description('print the help of a command, or explain a topic')
    .addArgument(argumentOf('[name...]', 'a command or a topic', names))
    .addHelpText(
      'after',
      `\nTopics:\n${list}\n\nExamples:\n  gradsplit help verify\n  gradsplit help C5b\n  gradsplit help exit-codes | less`,
    )
    .action((path: readonly string[]) => helpCommand(program, path, names));
}

/** The command that some words name. */
function commandAt(program: Command, path: readonly string[]): Command | undefined {
  return path.reduce<Command | undefined>(
    (above, name) => above?.commands.find((command) => command.name() === name),
    program,
  );
}

async function helpCommand(
  program: Command,
  path: readonly string[],
  names: readonly string[],
): Promise<void> {
  const command = commandAt(program, path);
  const topic =
    path.length === 1 ? [...topics, ...claimTopics].find(({ name }) => name === path[0]) : undefined;
  if (command === undefined && topic === undefined) {
    const asked = path.join(' ');
    throw new InputError(
      `help: unknown command or topic "${showText(asked, 40)}"${suggest(asked, names)}; expected one of ${names.join(', ')}`,
    );
  }
  // Of a command the help is its own; `train` makes it when it is asked.
  if (command !== undefined) command.outputHelp();
  if (topic !== undefined) await printTopic(topic);
}

async function printTopic({ page, heading }: Topic): Promise<void> {
  const [{ readPage }, { markdownText, sectionOf }] = await Promise.all([
    import('../../host/documentation.ts'),
    import('../../report/tables.ts'),
  ]);
  const text = readPage(page);
  const section =
    heading === undefined
      ? text
      : sectionOf(text, (found) => found === heading || found.startsWith(`${heading} `));
  if (section === undefined) throw new Error(`docs/${page} has no section called ${heading}`);
  await new Outputs({}).print(() => markdownText(section, paletteOf(process.stdout)));
}
