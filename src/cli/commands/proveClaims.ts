// `gradsplit prove`: the claims for all policies of a shape.
import type { Command } from 'commander';
import type { ProveProgress } from '../../analyses/prove.ts';
import type { ProveDocument } from '../../documents/prove.ts';
import { unlessLost } from '../../host/lostOutput.ts';
import { readClaimList } from '../claimList.ts';
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
import { createProgress, paletteOf } from '../terminal.ts';

interface ProveFlags extends ShapeFlags, PointFlags, CounterExampleFlags {
  readonly claims?: string;
  readonly json?: string;
  readonly report?: string;
}

/** Adds what `prove` does without a subcommand. */
export function configureProveClaims(prove: Command): void {
  prove.option('--claims <ids>', 'only these claims, separated by commas, such as C1,C3');
  addCounterExamples(addPointOptions(addShapeOptions(prove)))
    .option('--json <file>', 'write a gradsplit/prove@1 document; - is stdout')
    .option('--report <file>', 'write a report as one HTML file that needs no network')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit prove                                  all claims, for all policies of the default shape
  gradsplit prove --claims C1,C3 --attempts 2 --length 3 --vocabulary 2
  gradsplit prove --claims C3,./ownClaim.js
  gradsplit prove --claims C3 --counter-examples wrong   then: gradsplit verify --policy wrong/c3-….json
  gradsplit prove --points 5 --json proofs.json --report proofs.html

A statement is proved if both of its sides agree at random points of a finite field, up to the risk
that is given; docs/proofs.md says what that means. The exit code is 1 if a statement is refuted or a
wrong one is not.`,
    )
    .action(proveCommand);
}

async function proveCommand(flags: ProveFlags): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json, '--report': flags.report });
  const { checkProvable, provableIds } = await import('../../analyses/prove.ts');
  const { ids, own } = await readClaimList(flags.claims, provableIds);
  const shape = await shapeOf(flags);
  checkProvable(shape);
  await prepareCounterExamples(flags);
  const result = await run({ shape, points: flags.points, seed: flags.seed, ids, own }, outputs);
  if (result.verdict === 'refuted') process.exitCode = 1;
  const written = await writeCounterExamples(flags, result);
  await outputs.present({
    document: result,
    text: ({ proveEnd }, palette) =>
      [proveEnd(result, palette), written].filter((part) => part !== '').join('\n'),
    files: { '--report': () => report(result) },
  });
}

/** Proves, and prints the line of each claim as it ends. */
async function run(
  options: Parameters<typeof import('../../analyses/prove.ts').prove>[0],
  outputs: Outputs,
): Promise<ProveDocument> {
  const [{ prove }, { proveHead, proveLine }, { interruptible }] = await Promise.all([
    import('../../analyses/prove.ts'),
    import('../../report/tables.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const palette = paletteOf(process.stdout);
  const progress = await createProgress();
  const onProgress: ProveProgress = (done, total, label, last) => {
    if (last !== undefined) {
      const line = proveLine(last, palette);
      progress.above(() => outputs.say(done === 1 ? `${proveHead(options, palette)}\n${line}` : line));
    }
    progress.update(done, total, label);
  };
  try {
    return interruptible(() => prove(options, unlessLost(onProgress)));
  } finally {
    progress.stop();
  }
}

async function report(result: ProveDocument): Promise<Iterable<string>> {
  const [{ proveHtml }, { readMathFont }] = await Promise.all([
    import('../../report/proveHtml.ts'),
    import('../../host/mathFont.ts'),
  ]);
  return [proveHtml(result, { mathFont: readMathFont() })];
}
