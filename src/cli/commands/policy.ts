// `gradsplit policy new`: writes a random policy to start from.
import { type Command, Option } from 'commander';
import { Outputs } from '../outputs.ts';
import { integerOption, required } from '../values.ts';

interface NewFlags {
  readonly attempts?: number;
  readonly length?: number;
  readonly vocabulary?: number;
  readonly seed: number;
  readonly odds?: boolean;
  readonly output: string;
}

/** Adds the command. */
export function addPolicy(program: Command): void {
  const size = (name: string, letter: string, least: number, what: string): Option =>
    new Option(`--${name} <${letter}>`, `${what}; required`).argParser(integerOption(`--${name}`, least));
  program
    .command('policy')
    .description('make policy files')
    .command('new')
    .description(
      'write a random policy: standard normal logits and reference, a random target, attemptCost 0.05',
    )
    .addOption(size('attempts', 'K', 1, 'attempts, at least 1'))
    .addOption(size('length', 'L', 1, 'tokens per attempt, at least 1'))
    .addOption(size('vocabulary', 'V', 2, 'vocabulary, at least 2'))
    .addOption(new Option('--seed <n>', 'seed').default(1).argParser(integerOption('--seed', 0)))
    .option(
      '--odds',
      'odds instead of logits, integers from 1 to 30, so that --exact can compute with fractions',
    )
    .option('-o, --output <file>', 'where to write it; - is stdout', '-')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit policy new --attempts 2 --length 2 --vocabulary 3
  gradsplit policy new --attempts 3 --length 1 --vocabulary 4 --seed 7 -o mine.json
  gradsplit policy new --odds --attempts 2 --length 1 --vocabulary 2 -o mine.json`,
    )
    .action(newCommand);
}

async function newCommand({ seed, odds, output, ...sizes }: NewFlags): Promise<void> {
  const shape = {
    attempts: required(sizes.attempts, '--attempts <K>'),
    length: required(sizes.length, '--length <L>'),
    vocabulary: required(sizes.vocabulary, '--vocabulary <V>'),
  };
  const outputs = new Outputs({ '--output': output });
  const [{ randomPolicy }, { randomOddsPolicy }, { policyChunks }] = await Promise.all([
    import('../../policy/random.ts'),
    import('../../policy/fractions.ts'),
    import('../../policy/format.ts'),
  ]);
  const policy = odds === true ? randomOddsPolicy(shape, seed) : randomPolicy(shape, seed);
  await outputs.write('--output', () => policyChunks(policy));
}
