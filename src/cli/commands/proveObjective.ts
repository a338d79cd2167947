// `gradsplit prove objective`: what is proved or refuted of the weights of an objective, built in or of a user's module.
import { type Command, Option } from 'commander';
import type { ProofProgress, ProofSize } from '../../analyses/proveObjective.ts';
import { InputError } from '../../base/errors.ts';
import { valueOfText } from '../../base/options.ts';
import type { ProvedObjective } from '../../documents/objectiveProof.ts';
import { objectiveNames } from '../../objectives/names.ts';
import {
  addCounterExamples,
  type CounterExampleFlags,
  prepareCounterExamples,
  writeCounterExamples,
} from '../counterExamples.ts';
import { Outputs } from '../outputs.ts';
import { addPointOptions, type PointFlags, type ShapeFlags } from '../proofOptions.ts';
import { createProgress } from '../terminal.ts';
import { integerOption, pairsOption, positiveOption } from '../values.ts';

interface ObjectiveFlags
  extends PointFlags,
    ShapeFlags,
    CounterExampleFlags,
    Partial<Record<(typeof FOREIGN)[number], unknown>> {
  readonly option?: ReadonlyMap<string, string>;
  readonly groupSize?: number;
  readonly timeLimit: number;
  readonly json?: string;
}

/** What `prove` reads and an objective has no use for. */
const FOREIGN = ['claims', 'report'] as const;

/** Adds the command to `prove`. */
export function addProveObjective(prove: Command): void {
  const objective = prove
    .command('objective')
    .description('prove or refute for an objective: balanced? unbiased? free of length and baseline?')
    .argument(
      '<name|file.js>',
      'an objective such as grpo or grpo@verl; all for every built-in one; or a module that exports a weight formula, which is executed',
    )
    .addOption(
      new Option(
        '--option <key=value>',
        'one option of the objective; for several, give --option several times',
      ).argParser(pairsOption('--option')),
    );
  addCounterExamples(addPointOptions(objective))
    .addOption(
      new Option('--group-size <G>', 'groups of 2 to G trajectories (default: 3)').argParser(
        integerOption('--group-size', 2),
      ),
    )
    .addOption(
      new Option('--time-limit <seconds>', 'after which a module is stopped')
        .default(120)
        .argParser(positiveOption('--time-limit', '60', 86_400)),
    )
    .option('--json <file>', 'write a gradsplit/prove@1 document; - is stdout')
    .addHelpText(
      'after',
      `
Objectives: ${objectiveNames.join(', ')}.

--attempts K, --length L and --vocabulary V say for which policies: at most 2 attempts of 1 token
from 2 where nothing is said. Balance is also decided for L + 1 tokens, and padding is the step from
L to L + 1. From --group-size 5 on there is a text for the factor in G.

A module exports weightFormula(field, batch), which returns one array of weights for each
trajectory of the batch. It computes with field.number, add, sub, mul, div, sqrt, exp, log,
isAbove and isZero alone; docs/proofs.md shows one. The module is executed.

Examples:
  gradsplit prove objective grpo
  gradsplit prove objective grpo --option normalizeByStd=false --option aggregation=sequenceSum
  gradsplit prove objective rloo --attempts 3 --length 2 --vocabulary 3 --group-size 3
  gradsplit prove objective all --json verdicts.json
  gradsplit prove objective ./ownFormula.js`,
    )
    // Options that `prove` has, too, are read by it, wherever they stand.
    .action((name: string, _own: unknown, command: Command) =>
      proveObjectiveCommand(name, command.optsWithGlobals()),
    );
}

async function proveObjectiveCommand(name: string, flags: ObjectiveFlags): Promise<void> {
  const foreign = FOREIGN.find((option) => flags[option] !== undefined);
  if (foreign !== undefined) throw new InputError(`--${foreign}: it belongs to prove without an objective`);
  const outputs = new Outputs({ '--json': flags.json });
  const [{ checkSize, DEFAULT_SIZE, objectiveProofsDocument }, { isModulePath }] = await Promise.all([
    import('../../analyses/proveObjective.ts'),
    import('../../host/loadModule.ts'),
  ]);
  const { attempts, length, vocabulary, groupSize } = DEFAULT_SIZE;
  const size: ProofSize = {
    attempts: flags.attempts ?? attempts,
    length: flags.length ?? length,
    vocabulary: flags.vocabulary ?? vocabulary,
    groupSize: flags.groupSize ?? groupSize,
  };
  checkSize(size);
  await prepareCounterExamples(flags);
  const progress = await createProgress({ secondsBetween: 1 });
  const onProgress: ProofProgress = (objective, question) =>
    progress.update(0, 1, `${objective}: ${question}`);
  let objectives: ProvedObjective[];
  try {
    objectives = isModulePath(name)
      ? [await proveModule(name, size, flags, onProgress)]
      : await proveNamed(name === 'all' ? objectiveNames : [name], size, flags, onProgress);
  } finally {
    progress.stop();
  }
  const document = objectiveProofsDocument(flags.points, size, objectives);
  const written = await writeCounterExamples(flags, document);
  await outputs.present({
    document,
    text: ({ objectiveProofTable }, palette) =>
      [objectiveProofTable(objectives, palette), written].filter((part) => part !== '').join('\n'),
  });
}

async function proveNamed(
  names: readonly string[],
  size: ProofSize,
  { option = new Map(), points, seed }: ObjectiveFlags,
  onProgress: ProofProgress,
): Promise<ProvedObjective[]> {
  const [{ proveNamedObjective }, { interruptible }] = await Promise.all([
    import('../../analyses/proveObjective.ts'),
    import('../../host/interrupt.ts'),
  ]);
  const raw = Object.fromEntries([...option].map(([key, text]) => [key, valueOfText(text)]));
  return interruptible(() =>
    names.map((name) => proveNamedObjective(name, raw, { points, seed }, size, onProgress)),
  );
}

async function proveModule(
  path: string,
  size: ProofSize,
  { option, points, seed, timeLimit }: ObjectiveFlags,
  onProgress: ProofProgress,
): Promise<ProvedObjective> {
  if (option !== undefined) throw new InputError('--option: a module has no options; write them into it');
  const [{ provedObjective }, { proveFormula }] = await Promise.all([
    import('../../analyses/proveObjective.ts'),
    import('../../host/proveFormula.ts'),
  ]);
  const proof = await proveFormula({ path, points, seed, size }, timeLimit, (question) =>
    onProgress(path, question),
  );
  return provedObjective(path, {}, proof);
}
