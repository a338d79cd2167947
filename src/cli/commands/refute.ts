// `gradsplit refute`: decides a statement in words of the claims' quantities.
import { type Command, Option } from 'commander';
import type { PolicyShape } from '../../policy/shape.ts';
import { Outputs } from '../outputs.ts';
import { integerOption } from '../values.ts';

interface RefuteFlags {
  readonly attempts?: number;
  readonly length?: number;
  readonly vocabulary?: number;
  readonly points: number;
  readonly seed: number;
  readonly json?: string;
}

/** The most points of one proof. */
const MOST_POINTS = 100;

/** Adds the command. */
export function addRefute(program: Command): void {
  const size = (name: keyof PolicyShape, letter: string, least: number, what: string): Option =>
    new Option(`--${name} <${letter}>`, what).argParser(integerOption(`--${name}`, least));
  program
    .command('refute')
    .description('decide a statement about all policies: proved, refuted by a small policy, or outside')
    .argument('<statement>', 'such as "V_sample + V_decision = Var_R"')
    .addOption(size('attempts', 'K', 1, 'attempts at most (default: 3)'))
    .addOption(size('length', 'L', 1, 'tokens per attempt, where the statement names no L (default: 2)'))
    .addOption(size('vocabulary', 'V', 2, 'vocabulary (default: 3)'))
    .addOption(
      new Option('--points <n>', 'random points of GF(2^61-1)')
        .default(3)
        .argParser(integerOption('--points', 1, MOST_POINTS)),
    )
    .addOption(
      new Option('--seed <n>', 'seed of the points').default(1).argParser(integerOption('--seed', 0)),
    )
    .option(
      '--json <file>',
      'write a gradsplit/prove@1 document, with the counter-example as a policy; - is stdout',
    )
    .addHelpText(
      'after',
      `
Numbers:   E_R (or J), Var_R, V_sample, V_decision, KL, KL_sample, KL_decision, attempts
Gradients: grad(X), grad_sample(X), grad_decision(X) with X = J, Var_R, KL or attempts
of which:  dot(v, w), norm2(v)
With them: decimals, + - * / ( ), ^ with an integer, and one = or <= between both sides
(L=n) behind a quantity, or grad(J, L=n): under padding, with attempts of n tokens

Examples:
  gradsplit refute "V_sample + V_decision = Var_R"              the budget (C3)
  gradsplit refute "V_decision(L=2) = V_decision(L=1)"          it does not grow with length
  gradsplit refute "KL_sample(L=3) - KL_sample(L=2) = KL_sample(L=2) - KL_sample(L=1)"   (C5)
  gradsplit refute "KL_decision(L=2) = KL_sample(L=2)"
  gradsplit refute "norm2(grad_decision(J, L=2)) = norm2(grad_decision(J, L=1))"
  gradsplit refute "V_decision <= Var_R"
  gradsplit refute -- "-KL <= 0"                                behind --, since it begins with -
  gradsplit refute "dot(grad_decision(J), grad_decision(KL)) <= 0" --json - | less

The exit code is 0 whatever the verdict is.`,
    )
    .action(refuteCommand);
}

async function refuteCommand(statement: string, flags: RefuteFlags): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const [{ refuteDocument }, { DEFAULT_SHAPE }, { interruptible }] = await Promise.all([
    import('../../analyses/refute.ts'),
    import('../../analyses/verify.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const { points, seed } = flags;
  const shape: PolicyShape = {
    attempts: flags.attempts ?? DEFAULT_SHAPE.attempts,
    length: flags.length ?? DEFAULT_SHAPE.length,
    vocabulary: flags.vocabulary ?? DEFAULT_SHAPE.vocabulary,
  };
  const document = interruptible(() => refuteDocument(statement, { shape, points, seed }));
  await outputs.present({
    document,
    text: ({ refuteText }, palette) => refuteText(document, palette),
  });
}
