// `--counter-examples DIR`: each counter-example of a proof as a policy file.
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { ProveDocument } from '../documents/prove.ts';

/** The folder that was named, if one was. */
export interface CounterExampleFlags {
  readonly counterExamples?: string;
}

/** Adds the option. */
export function addCounterExamples(command: Command): Command {
  return command.addOption(
    new Option(
      '--counter-examples <dir>',
      'write each counter-example into this folder as a gradsplit/policy@1 file, which verify and exact read',
    ),
  );
}

/** Makes the folder before anything is computed. @throws InputError if it cannot be made, or not be written to */
export async function prepareCounterExamples({
  counterExamples: folder,
}: CounterExampleFlags): Promise<void> {
  if (folder === undefined) return;
  const [{ makeFolder }, { prepareOutput }] = await Promise.all([
    import('../host/makeFolder.ts'),
    import('../host/output.ts'),
  ]);
  makeFolder(folder);
  prepareOutput(join(folder, 'statement.json'));
}

/** Writes the counter-examples of a document; a line about it, empty if no folder was named. */
export async function writeCounterExamples(
  { counterExamples: folder }: CounterExampleFlags,
  document: ProveDocument,
): Promise<string> {
  if (folder === undefined) return '';
  const [{ counterExamplesOf }, { prepareOutput }, { jsonChunks }, { showText }] = await Promise.all([
    import('../analyses/counterExamples.ts'),
    import('../host/output.ts'),
    import('../base/json.ts'),
    import('../base/show.ts'),
  ]);
  const found = counterExamplesOf(document);
  for (const { name, policy } of found) {
    await prepareOutput(join(folder, `${name}.json`)).write(jsonChunks(policy));
  }
  return `${found.length} counter-example${found.length === 1 ? '' : 's'} in ${showText(folder)}`;
}
