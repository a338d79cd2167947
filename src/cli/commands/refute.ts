// `gradsplit refute`: decides a statement in words of the claims' quantities.
import type { Command } from 'commander';
import {
  addCounterExamples,
  type CounterExampleFlags,
  prepareCounterExamples,
  writeCounterExamples,
} from '../counterExamples.ts';
import { Outputs } from '../outputs.ts';
import {
  addPointOptions,
  addShapeOptions,
  type PointFlags,
  type ShapeFlags,
  shapeOf,
} from '../proofOptions.ts';

interface RefuteFlags extends ShapeFlags, PointFlags, CounterExampleFlags {
  readonly json?: string;
}

/** Adds the command. */
export function addRefute(program: Command): void {
  const refute = program
    .command('refute')
    .description('decide a statement about all policies: proved, refuted by a small policy, or outside')
    .argument('<statement>', 'such as "V_sample + V_decision = Var_R"');
  addCounterExamples(
    addPointOptions(addShapeOptions(refute, 'tokens per attempt, where the statement names no L')),
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

gradsplit verify --statement puts a statement to one policy.
The exit code is 0 whatever the verdict is.`,
    )
    .action(refuteCommand);
}

async function refuteCommand(statement: string, flags: RefuteFlags): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const [{ refuteDocument }, { interruptible }] = await Promise.all([
    import('../../analyses/refute.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const { points, seed } = flags;
  const shape = await shapeOf(flags);
  await prepareCounterExamples(flags);
  const document = interruptible(() => refuteDocument(statement, { shape, points, seed }));
  const written = await writeCounterExamples(flags, document);
  await outputs.present({
    document,
    text: ({ refuteText }, palette) =>
      [refuteText(document, palette), written].filter((part) => part !== '').join('\n'),
  });
}
