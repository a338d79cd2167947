// `gradsplit attribute`: which tokens move which parameters of a model through which term of an objective.
import { type Command, Option } from 'commander';
import type { AttributionDocument } from '../../documents/attribution.ts';
import type { AttributeInput, AttributeInputFlags } from '../attribute/input.ts';
import { note } from '../notes.ts';
import { Outputs } from '../outputs.ts';
import { integerOption, pairsOption, positiveOption } from '../values.ts';

/** What `--by` and `--influence` take; the same names as in the library, which is loaded later. */
const GROUPINGS = ['group', 'layer', 'head', 'tensor'] as const;
const INFLUENCES = ['all', 'groups', 'none'] as const;

interface AttributeFlags extends AttributeInputFlags {
  readonly by: (typeof GROUPINGS)[number];
  readonly influence?: (typeof INFLUENCES)[number];
  readonly check: number;
  readonly stepSize?: number;
  readonly threads?: number;
  readonly resume?: true;
  readonly json?: string;
  readonly report?: string;
}

/** Adds the command. */
export function addAttribute(program: Command): void {
  program
    .command('attribute')
    .description('say which tokens move which parameters of a model through which term of an objective')
    .argument('<checkpoint>', 'a run folder, one of its checkpoints, or a Hugging Face folder')
    .option('--rollouts <file>', 'the responses: rollouts in any format that audit reads; - is stdin')
    .option('--format <name>', 'the format of the rollouts, if its fields do not tell')
    .addOption(
      new Option('--episodes <n>', 'episodes that the policy of a run draws itself (default: 256)').argParser(
        integerOption('--episodes', 1),
      ),
    )
    .addOption(
      new Option('--group <n>', 'episodes of one prompt (default: those of the run, or 8)').argParser(
        integerOption('--group', 1),
      ),
    )
    .option(
      '--objective <name>',
      'the objective, such as grpo or grpo@trl, or the path of a module (default: that of the run, or of the rollouts)',
    )
    .addOption(
      new Option(
        '--option <key=value>',
        'one option of the objective; for several, give --option several times',
      ).argParser(pairsOption('--option')),
    )
    .addOption(
      new Option('--by <groups>', 'what parameters are grouped by').choices(GROUPINGS).default('group'),
    )
    .option('--decision-tokens <list>', 'tokens that are decisions, such as "Wait,Alternatively,STOP"')
    .option('--decision-pattern <regex>', 'tokens are decisions where the text matches')
    .option('--boundaries <list>', 'tokens that end an attempt')
    .option(
      '--chat-template <what>',
      'whether the chat template of the folder writes prompts: on, off, or a file with another template (default: of conversations)',
    )
    .option(
      '--reference <checkpoint>',
      'the reference of a KL penalty: its log-probs are computed, and go before those of the rollouts',
    )
    .addOption(
      new Option('--max-tokens <n>', 'the most tokens that go through the network at once').argParser(
        integerOption('--max-tokens', 1),
      ),
    )
    .addOption(
      new Option(
        '--influence <what>',
        'influence of tokens on every label and group, on groups alone in less time, or none (default: all where gradients fit into 1 GiB, else none)',
      ).choices(INFLUENCES),
    )
    .addOption(
      new Option(
        '--check <n>',
        'take n tokens and trajectories out of the step, and compare with what influence predicts',
      )
        .argParser(integerOption('--check', 0))
        .default(0),
    )
    .addOption(
      new Option('--step-size <eta>', 'the step of --check (default: chosen from the influences)').argParser(
        positiveOption('--step-size', '0.01'),
      ),
    )
    .option('--over-checkpoints', 'also split the gradient at every checkpoint of the run')
    .addOption(
      new Option('--seed <n>', 'the seed of episodes and of --check')
        .argParser(integerOption('--seed', 0))
        .default(0),
    )
    .addOption(
      new Option('--threads <n>', 'threads that compute; results do not depend on their number').argParser(
        integerOption('--threads', 1),
      ),
    )
    .option('--resume', 'go on with the passes that a stopped command kept beside --json')
    .option('--json <file>', 'write a gradsplit/attribution@1 document; - is stdout')
    .option('--report <file>', 'write a report as one HTML file that needs no network')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit attribute runs/pick-sum-1
  gradsplit attribute runs/pick-sum-1 --objective grpo --option beta=0.04 --check 16
  gradsplit attribute runs/pick-sum-1 --by head --json split.json --report split.html
  gradsplit attribute runs/pick-sum-1 --over-checkpoints --json split.json
  gradsplit attribute models/qwen2 --rollouts rollouts.jsonl --objective grpo

Passes that have ended are kept in FILE.partial beside --json FILE: Ctrl-C loses no more than the one that runs, and the same
command with --resume goes on.`,
    )
    .action(attributeCommand);
}

async function attributeCommand(dir: string, flags: AttributeFlags): Promise<void> {
  const { json, report, resume } = flags;
  const began = performance.now();
  const { InputError } = await import('../../base/errors.ts');
  if (resume === true && (json === undefined || json === '-'))
    throw new InputError('--resume: expected --json FILE with it, beside which passes are kept');
  const inputs = flags.rollouts === undefined || flags.rollouts === '-' ? [] : [flags.rollouts];
  const outputs = await outputsOf(dir, { '--json': json, '--report': report }, inputs);
  const { useThreads } = await import('../evaluation.ts');
  await useThreads(flags.threads);
  const { openAttributeInput } = await import('../attribute/input.ts');
  const input = await openAttributeInput(dir, flags);
  const store = await storeOf(input, flags);
  const found = await runWithProgress(input, flags, store);
  const document: AttributionDocument = {
    ...found,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    seconds: (performance.now() - began) / 1000,
  };
  await outputs.present({
    document,
    text: ({ attributionTable }, palette) => attributionTable(document, palette),
    files: { '--report': () => reportPieces(input, document) },
  });
  store?.remove();
  if (document.residual > document.bound) process.exitCode = 1;
}

async function outputsOf(
  dir: string,
  paths: Readonly<Record<string, string | undefined>>,
  inputs: readonly string[],
): Promise<Outputs> {
  const { ownFiles } = await import('../../experiments/run/ownFiles.ts');
  return new Outputs(paths, [...ownFiles(dir), `${dir}/model.safetensors`, ...inputs]);
}

async function reportPieces(
  { subject }: AttributeInput,
  document: AttributionDocument,
): Promise<Iterable<string>> {
  const [
    { attributionExplorer },
    { attributePieces },
    { readExplorerScript },
    { readMathFont },
    { version },
  ] = await Promise.all([
    import('../../explorer/attributed.ts'),
    import('../../report/attributeHtml.ts'),
    import('../../host/explorerScript.ts'),
    import('../../host/mathFont.ts'),
    import('../../base/version.ts'),
  ]);
  const explorer = { data: attributionExplorer(subject, document), script: readExplorerScript() };
  return attributePieces({ document, version, explorer }, { mathFont: readMathFont() });
}

/** Of a share of the whole, as a progress bar counts. */
const PARTS = 1000;

/** Seconds between lines of progress where there is no bar. */
const BETWEEN = 10;

/** Gradients of all labels that are held at most where nobody says which influences are wanted, in bytes. */
const MOST_HELD = 2 ** 30;

async function runWithProgress(
  input: AttributeInput,
  flags: AttributeFlags,
  store: Awaited<ReturnType<typeof storeOf>>,
) {
  const [{ attribute, overCheckpoints }, { withStopSignal, Interrupted }, { createProgress }, { timeLeft }] =
    await Promise.all([
      import('../../analyses/attribute/index.ts'),
      import('../../host/interrupt.ts'),
      import('../terminal.ts'),
      import('../timeLeft.ts'),
    ]);
  const { setImmediate } = await import('node:timers/promises');
  const progress = await createProgress({ secondsBetween: BETWEEN });
  const left = timeLeft();
  // The event loop turns between two steps, so that a signal is seen.
  const onProgress = async (share: number, what: string): Promise<void> => {
    progress.update(Math.floor(share * PARTS), PARTS, `${what}${left(share)}`);
    await setImmediate();
  };
  const { subject, checkpoints } = input;
  const { by, check, stepSize, seed } = flags;
  const influence = flags.influence ?? defaultInfluence(input);
  const own = checkpoints.length === 0 ? 1 : 0.5;
  try {
    return await withStopSignal(async (signal) => {
      const options = { signal, ...(store === undefined ? {} : { store }) };
      const found = await attribute(subject, {
        by,
        influence,
        check,
        seed,
        ...(stepSize === undefined ? {} : { stepSize }),
        ...options,
        onProgress: (share, what) => onProgress(own * share, what),
      });
      if (checkpoints.length === 0) return found;
      const over = await overCheckpoints(checkpoints, found, {
        ...options,
        onProgress: (share, what) => onProgress(own + (1 - own) * share, what),
      });
      return { ...found, overCheckpoints: over };
    }).finally(progress.stop);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    const saved =
      store === undefined
        ? undefined
        : `${store.count} passes are kept in ${store.path}; the same command with --resume goes on`;
    throw new Interrupted(saved);
  } finally {
    progress.stop();
  }
}

function defaultInfluence({ subject: { network, weights } }: AttributeInput): (typeof INFLUENCES)[number] {
  const values = network.layout.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
  // Two components by two terms, and their sum.
  const bytes = 5 * values * (weights.dtype === 'f64' ? 8 : 4);
  if (bytes <= MOST_HELD) return 'all';
  note(
    'The influence of tokens is left out, as the gradients of this model are large; --influence all or groups computes it.',
  );
  return 'none';
}

async function storeOf(
  { identity }: Pick<AttributeInput, 'identity'>,
  { json, resume, by, influence }: AttributeFlags,
) {
  if (json === undefined || json === '-') return undefined;
  const [{ KeptPasses }, { entriesOf, hashOf }] = await Promise.all([
    import('../../host/keptPasses.ts'),
    import('../../experiments/identity.ts'),
  ]);
  const sha256 = hashOf(entriesOf({ ...identity(), by, influence: influence ?? 'default' }), []);
  const store = new KeptPasses(`${json}.partial`, sha256, resume === true);
  if (resume === true) note(`${store.count} passes are taken from ${store.path}.`);
  return store;
}
