// `gradsplit exact`: everything that can be said exactly about one policy, and about an objective on it.
import { type Command, Option } from 'commander';
import type { ExactOptions, ExactResult } from '../../analyses/exact.ts';
import type { ExactFractions } from '../../analyses/exactFractions.ts';
import { InputError } from '../../base/errors.ts';
import { valueOfText } from '../../base/options.ts';
import { showText } from '../../base/show.ts';
import { objectiveNames, trainerNames } from '../../objectives/names.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import { Outputs } from '../outputs.ts';
import { pairsOption, positiveOption, required } from '../values.ts';

interface ExactFlags {
  readonly beta?: number;
  readonly objective?: string;
  readonly option?: ReadonlyMap<string, string>;
  readonly exact?: boolean;
  readonly json?: string;
  readonly report?: string;
}

/** Adds the command. */
export function addExact(program: Command): void {
  program
    .command('exact')
    .description('compute exact values, budgets and gradients of a policy, and of an objective on it')
    .argument('<policy>', 'a gradsplit/policy@1 file; - is stdin')
    .addOption(
      new Option('--beta <b>', 'weight of the KL penalty, greater than 0; required').argParser(
        positiveOption('--beta', '0.1'),
      ),
    )
    .option(
      '--objective <name>',
      'compare its expected gradient with that of the mean reward; a name such as grpo or grpo@verl, or the path of a module',
    )
    .addOption(
      new Option(
        '--option <key=value>',
        'one option of the objective; for several, give --option several times',
      ).argParser(pairsOption('--option')),
    )
    .option(
      '--exact',
      'also give what is a fraction as one, in --json and --report too; the policy must have odds instead of logits, and fractions that become too long are refused',
    )
    .option('--json <file>', 'write a gradsplit/exact@1 document; - is stdout')
    .option('--report <file>', 'write a report as one HTML file that needs no network')
    .addHelpText(
      'after',
      `
Objectives: ${objectiveNames.join(', ')};
as trainers have them: ${trainerNames.map((trainer) => `NAME@${trainer}`).join(', ')} (see gradsplit objectives).

Examples:
  gradsplit exact mine.json --beta 0.1
  gradsplit policy new --attempts 2 --length 1 --vocabulary 2 | gradsplit exact - --beta 0.1
  gradsplit exact mine.json --beta 0.1 --json - | less
  gradsplit exact mine.json --beta 0.1 --objective grpo --option ddof=0 --option stdEpsilon=0 --json result.json
  gradsplit exact mine.json --beta 0.1 --objective grpo --report mine.html
  gradsplit exact mine.json --beta 0.1 --objective grpo@verl
  gradsplit exact mine.json --beta 0.1 --objective ./ownObjective.js
  gradsplit policy new --odds --attempts 2 --length 1 --vocabulary 2 | gradsplit exact - --beta 0.1 --exact`,
    )
    .action(exactCommand);
}

async function exactCommand(path: string, flags: ExactFlags): Promise<void> {
  const beta = required(flags.beta, '--beta <b>');
  if (flags.option !== undefined && flags.objective === undefined) {
    throw new InputError('--option: expected --objective with it, found none');
  }
  const isStdin = path === '-';
  const source = isStdin ? 'stdin' : path;
  const outputs = new Outputs({ '--json': flags.json, '--report': flags.report }, isStdin ? [] : [path]);
  const { readPolicy } = await import('../../host/readPolicy.ts');
  const policy = readPolicy(path);
  const [{ exact, exactDocument }, { isModulePath, loadObjective }, { interruptible }] = await Promise.all([
    import('../../analyses/exact.ts'),
    import('../../host/loadModule.ts'),
    import('../../host/interrupt.ts'),
  ]);
  if (isModulePath(flags.objective)) await loadObjective(flags.objective);
  const fractions = flags.exact === true ? await fractionsOf(policy, source) : undefined;
  const result = interruptible(() => exact(policy, exactOptions(beta, flags)));
  await outputs.present({
    document: exactDocument(policy, result, fractions),
    text: ({ exactTable, fractionsTable }, palette) => {
      const table = exactTable(source, result, palette);
      return fractions === undefined
        ? table
        : `${table}\n\n${fractionsTable(policy.shape, fractions, palette)}`;
    },
    files: { '--report': () => report(source, policy, result, fractions) },
  });
}

async function fractionsOf(policy: TabularPolicy, source: string): Promise<ExactFractions> {
  const [{ exactFractions }, { interruptible }] = await Promise.all([
    import('../../analyses/exactFractions.ts'),
    import('../../host/interrupt.ts'),
  ]);
  return interruptible(() => exactFractions(policy, showText(source)));
}

async function report(
  source: string,
  policy: TabularPolicy,
  result: ExactResult,
  fractions: ExactFractions | undefined,
): Promise<Iterable<string>> {
  const [{ exactHtml }, { readMathFont }, { objectiveWeights, policyTree }, { version }] = await Promise.all([
    import('../../report/exactHtml.ts'),
    import('../../host/mathFont.ts'),
    import('../../analyses/policyPictures.ts'),
    import('../../base/version.ts'),
  ]);
  const weights = result.objective === undefined ? undefined : objectiveWeights(policy, result.objective);
  const page = { source, policy, result, tree: policyTree(policy), weights, fractions, version };
  return [exactHtml(page, { mathFont: readMathFont() })];
}

function exactOptions(beta: number, { objective, option }: ExactFlags): ExactOptions {
  if (objective === undefined) return { beta };
  const options = Object.fromEntries([...(option ?? [])].map(([key, text]) => [key, valueOfText(text)]));
  return { beta, objective: { name: objective, options } };
}
