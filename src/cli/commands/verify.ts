// `gradsplit verify`: checks the claims on a policy, with controls that must be rejected.
import { type Command, Option } from 'commander';
import type { VerifyOptions, VerifyProgress, VerifyResult } from '../../analyses/verify.ts';
import { showText } from '../../base/show.ts';
import { version } from '../../base/version.ts';
import type { Claim } from '../../claims/claim.ts';
import { unlessLost } from '../../host/lostOutput.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import { type BackendFlags, backendOption, refuseGpu } from '../backend.ts';
import { readClaimList } from '../claimList.ts';
import { Outputs } from '../outputs.ts';
import { createProgress, paletteOf } from '../terminal.ts';
import { integerOption } from '../values.ts';

interface VerifyFlags extends Pick<BackendFlags, 'backend'> {
  readonly claims?: string;
  readonly policy?: string;
  readonly attempts?: number;
  readonly length?: number;
  readonly vocabulary?: number;
  readonly seed: number;
  readonly transformer: boolean;
  readonly exact?: boolean;
  readonly statement?: string;
  readonly json?: string;
  readonly report?: string;
}

/** Adds the command. */
export function addVerify(program: Command): void {
  const size = (name: keyof PolicyShape, letter: string, least: number, what: string): Option =>
    new Option(`--${name} <${letter}>`, `random policy: ${what}`).argParser(
      integerOption(`--${name}`, least),
    );
  program
    .command('verify')
    .description('verify the claims on a random policy, or on your own')
    .option('--claims <ids>', 'only these claims, separated by commas, such as C1,C3')
    .addOption(
      new Option(
        '--policy <file>',
        'a gradsplit/policy@1 file instead of a random policy; - is stdin',
      ).conflicts(['attempts', 'length', 'vocabulary']),
    )
    .addOption(size('attempts', 'K', 1, 'attempts (default: 3)'))
    .addOption(size('length', 'L', 1, 'tokens per attempt (default: 2)'))
    .addOption(size('vocabulary', 'V', 2, 'vocabulary (default: 3)'))
    .addOption(
      new Option('--seed <n>', 'seed of everything that is drawn')
        .default(1)
        .argParser(integerOption('--seed', 0)),
    )
    .addOption(backendOption('wasm; GPU modes have no float64'))
    .option('--no-transformer', 'leave out the transformer (--policy leaves it out, too)')
    .option(
      '--exact',
      'in fractions, without rounding; the policy must have odds and at most 10000 trajectories',
    )
    .addOption(
      new Option(
        '--statement <text>',
        'one statement in the words of refute instead of the claims: both sides on the policy',
      ).conflicts(['claims']),
    )
    .option('--json <file>', 'write a gradsplit/verify@1 document; - is stdout')
    .option('--report <file>', 'write a report as one HTML file that needs no network')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit verify                                 all claims on a random policy
  gradsplit verify --claims C1,C3 --seed 7
  gradsplit verify --attempts 2 --length 3 --vocabulary 2 --json result.json
  gradsplit verify --policy mine.json --report mine.html
  gradsplit verify --exact --policy odds.json      residuals are exactly 0
  gradsplit verify --exact --policy counter.json   the sides that a proof found unequal
  gradsplit verify --statement "V_decision <= V_sample" --policy mine.json

A claim holds only if every check holds and every control is rejected. The exit code is 1 if a claim fails.`,
    )
    .action(verifyCommand);
}

async function verifyCommand(flags: VerifyFlags): Promise<void> {
  refuseGpu('verify', flags);
  const inputs = flags.policy === undefined || flags.policy === '-' ? [] : [flags.policy];
  const outputs = new Outputs({ '--json': flags.json, '--report': flags.report }, inputs);
  const subject = flags.policy === undefined ? await drawnPolicy(flags) : await givenPolicy(flags.policy);
  const transformer = flags.transformer && flags.policy === undefined;
  const { exact = false, seed } = flags;
  if (exact) await checkExact(subject);
  const statement =
    flags.statement === undefined ? undefined : await putStatement(flags.statement, subject, exact);
  const claims = statement === undefined ? await selectClaims(flags.claims) : [statement.claim];
  const asked: VerifyOptions = { ...subject, seed, claims, transformer };
  const gaps = await gapsOf({ ...subject, seed, claims, exact });
  const options = exact ? await inFractions(asked, statement !== undefined) : asked;
  const { result, end } = await runVerify(options, outputs);
  if (result.verdict === 'fails') process.exitCode = 1;
  const { verifyDocument } = await import('../../analyses/verify.ts');
  const shown =
    statement === undefined
      ? gaps
      : [statement.gap, ...gaps.filter((gap) => gap.statement !== statement.gap.statement)];
  await outputs.present({
    document: { ...verifyDocument(result), ...(shown.length === 0 ? {} : { gaps: shown }) },
    text: ({ gapsTable, exactNote }, palette) => {
      const more = [exactNote(result, palette), gapsTable(shown, palette)].filter((part) => part !== '');
      return [...more, withReport(end, flags.report)].join('\n');
    },
    files: { '--report': () => report(result) },
  });
}

/** What the file of a counter-example says on both sides of what it refutes, and of wrong statements of the claims. */
async function gapsOf(
  options: Omit<import('../../analyses/gaps.ts').GapOptions, 'source'> & Pick<VerifyOptions, 'source'>,
): Promise<readonly import('../../analyses/gaps.ts').ShownGap[]> {
  if (options.policy.statement === undefined) return [];
  const gaps = await import('../../analyses/gaps.ts');
  return gaps.gapsOf({ ...options, source: showText(options.source) });
}

async function putStatement(
  text: string,
  { policy, source }: Subject,
  exact: boolean,
): Promise<import('../../analyses/verifyStatement.ts').StatementOnPolicy> {
  const { statementOnPolicy } = await import('../../analyses/verifyStatement.ts');
  return statementOnPolicy(text, policy, showText(source), exact);
}

/** The most trajectories of a policy whose claims run in fractions. */
const MOST_EXACT = 10_000;

/** @throws InputError if a policy was given by logits, or has too many trajectories for fractions */
async function checkExact({ policy, source }: Subject): Promise<void> {
  const [{ slotOdds }, { checkTrajectories }] = await Promise.all([
    import('../../policy/fractions.ts'),
    import('../../policy/shape.ts'),
  ]);
  checkTrajectories(policy.shape, MOST_EXACT, 'can be verified in fractions');
  slotOdds(policy, showText(source));
}

/** The same in ℚ; a statement of the command line is put there already. */
async function inFractions(options: VerifyOptions, isPut: boolean): Promise<VerifyOptions> {
  const [{ exactClaims }, { genericOddsPolicy }] = await Promise.all([
    import('../../analyses/verifyExact.ts'),
    import('../../policy/fractions.ts'),
  ]);
  const claims = isPut ? options.claims : exactClaims(options.claims);
  return { ...options, claims, transformer: false, draw: genericOddsPolicy };
}

/** The text, and where the report lies if one was asked for. */
function withReport(text: string, path: string | undefined): string {
  return path === undefined ? text : `${text}\n\nThe report is ${showText(path)}.`;
}

async function report(result: VerifyResult): Promise<Iterable<string>> {
  const [{ verifyHtml }, { readMathFont }, { readPage }, { exactNumbers }, { policyTree }] =
    await Promise.all([
      import('../../report/verifyHtml.ts'),
      import('../../host/mathFont.ts'),
      import('../../host/documentation.ts'),
      import('../../analyses/exact.ts'),
      import('../../analyses/policyPictures.ts'),
    ]);
  const { policy, generic } = result.options;
  const own = generic ? {} : { own: { numbers: exactNumbers(policy), tree: policyTree(policy) } };
  return [
    verifyHtml(result, {
      mathFont: readMathFont(),
      theory: readPage('theory.md'),
      proofs: readPage('proofs.md'),
      ...own,
    }),
  ];
}

/** Verifies, and prints the line of each claim as it ends; returns what is still to be printed. */
async function runVerify(
  options: VerifyOptions,
  outputs: Outputs,
): Promise<{ readonly result: VerifyResult; readonly end: string }> {
  const [
    { silentClaims, verify },
    { verifyLines },
    { interruptible },
    { currentKernels, useKernels },
    { loadWasmKernels },
  ] = await Promise.all([
    import('../../analyses/verify.ts'),
    import('../../report/tables.ts'),
    import('../../host/interrupt.ts'),
    import('../../tensor/backend.ts'),
    import('../../host/loadKernels.ts'),
  ]);
  useKernels(await loadWasmKernels());
  const about = { options, version, kernels: currentKernels() };
  const { head, line, end } = verifyLines(about, silentClaims(options), paletteOf(process.stdout));
  const progress = await createProgress();
  const onProgress: VerifyProgress = (done, total, label, last) => {
    if (last !== undefined) {
      const said = done === 1 ? `${head}\n${line(last)}` : line(last);
      progress.above(() => outputs.say(said));
    }
    progress.update(done, total, label);
  };
  try {
    const result = interruptible(() => verify(options, unlessLost(onProgress)));
    return { result, end: end(result) };
  } finally {
    progress.stop();
  }
}

type Subject = Pick<VerifyOptions, 'policy' | 'generic' | 'source'>;

async function givenPolicy(path: string): Promise<Subject> {
  const { readPolicy } = await import('../../host/readPolicy.ts');
  return { policy: readPolicy(path), generic: false, source: path === '-' ? 'stdin' : path };
}

async function drawnPolicy(flags: VerifyFlags): Promise<Subject> {
  const [{ randomPolicy }, { randomOddsPolicy }, { DEFAULT_SHAPE }] = await Promise.all([
    import('../../policy/random.ts'),
    import('../../policy/fractions.ts'),
    import('../../analyses/verify.ts'),
  ]);
  const shape: PolicyShape = {
    attempts: flags.attempts ?? DEFAULT_SHAPE.attempts,
    length: flags.length ?? DEFAULT_SHAPE.length,
    vocabulary: flags.vocabulary ?? DEFAULT_SHAPE.vocabulary,
  };
  const { attempts, length, vocabulary } = shape;
  const source = `random (attempts ${attempts}, length ${length}, vocabulary ${vocabulary}, seed ${flags.seed})`;
  const draw = flags.exact === true ? randomOddsPolicy : randomPolicy;
  return { policy: draw(shape, flags.seed), generic: true, source };
}

/** The claims asked for, in the order of docs/theory.md; all of them if none were named. */
async function selectClaims(list: string | undefined): Promise<readonly Claim[]> {
  const { claims } = await import('../../claims/index.ts');
  const known = claims.map((claim) => claim.id);
  const { ids, own } = await readClaimList(list, known);
  return [...claims.filter(({ id }) => ids.includes(id)), ...own];
}
