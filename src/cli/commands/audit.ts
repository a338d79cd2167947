// `gradsplit audit`: what an objective does to each token of anyone's rollouts, and the known mistakes.
import { type Command, Option } from 'commander';
import type { AuditOptions, Excerpt } from '../../audit/index.ts';
import type { AuditDocument } from '../../documents/audit.ts';
import type { ExplorerData } from '../../documents/explorer.ts';
import type { ExplorerRequest } from '../../explorer/collect.ts';
import type { AuditInput, AuditInputFlags } from '../auditInput.ts';
import { Outputs } from '../outputs.ts';
import { paletteOf } from '../terminal.ts';
import { pairsOption, positiveOption } from '../values.ts';

/** What `--fail-on` takes, the least severe first; with `never` the exit code is 0 whatever was found. */
const LEVELS = ['info', 'warning', 'error', 'never'] as const;

interface AuditFlags extends AuditInputFlags {
  readonly failOn: (typeof LEVELS)[number];
  readonly strict?: true;
  readonly json?: string;
  readonly report?: string;
  readonly explain?: string | true;
}

const pairs = (flags: string, name: string, of: string): Option =>
  new Option(flags, `one option of ${of}; for several, give ${name} several times`).argParser(
    pairsOption(name),
  );

/** Adds the command. */
export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('say what an objective does to each token of rollouts, and find the known mistakes')
    .argument('[paths...]', 'files of rollouts, or the folder of a run; - is stdin')
    .option(
      '--format <name>',
      'the format, if its fields do not tell; `gradsplit rollouts formats` lists them',
    )
    .option(
      '--objective <name>',
      'the objective of the trainer, such as grpo or grpo@trl, or the path of a module; auto finds out what explains the rollouts',
    )
    .addOption(pairs('--option <key=value>', '--option', 'the objective'))
    .option('--against <name>', 'compare with another objective on the same rollouts')
    .addOption(pairs('--against-option <key=value>', '--against-option', 'the other objective'))
    .option('--decision-tokens <list>', 'tokens that are decisions, such as "Wait,Alternatively,STOP"')
    .option('--decision-pattern <regex>', 'tokens are decisions where the text matches')
    .option('--boundaries <list>', 'tokens that end an attempt')
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 if there is a finding of this severity or above')
        .choices(LEVELS)
        .default('error'),
    )
    .option('--strict', 'the same as --fail-on warning')
    .option('--skip-bad', 'count lines that cannot be read, and leave them out')
    .option(
      '--max-pipe <mb>',
      'how many MB of a pipe are kept in a temporary file; by default half of what is free there, and 16000',
      positiveOption('--max-pipe', '64000'),
    )
    .option('--json <file>', 'write a gradsplit/audit@1 document; - is stdout')
    .option('--report <file>', 'write a report as one HTML file that needs no network')
    .option('--explain [code]', 'say what a finding means; without a code, list all of them')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit audit examples/rollouts.jsonl --objective grpo
  gradsplit audit runs/completions --objective grpo@trl --report audit.html
  gradsplit audit rollouts.jsonl --objective auto
  gradsplit audit rollouts.jsonl --objective grpo --against dapo
  gradsplit audit rollouts.jsonl --objective grpo --decision-tokens "Wait,STOP"
  zcat step_7.jsonl.gz | gradsplit audit - --objective grpo@verl --strict
  gradsplit audit --explain std-noise`,
    )
    .action(auditCommand);
}

async function auditCommand(paths: readonly string[], flags: AuditFlags): Promise<void> {
  const { explain, json, report } = flags;
  if (explain !== undefined) return explainCommand(explain);
  const { rolloutFiles } = await import('../../host/rollouts/files.ts');
  const inputs = paths.flatMap((path) => (path === '-' ? [] : rolloutFiles(path).map((file) => file.path)));
  const outputs = new Outputs({ '--json': json, '--report': report }, inputs);
  const { openAuditInput } = await import('../auditInput.ts');
  const input = await openAuditInput(paths, flags);
  try {
    const { document, forReport } = await (report === undefined ? runAudit : runForReport)(input);
    await outputs.present({
      document,
      text: ({ auditTable }, palette) => auditTable(document, palette),
      files: { '--report': () => reportPieces(document, forReport!()) },
    });
    if (fails(document, flags)) process.exitCode = 1;
  } finally {
    await input.close();
  }
}

/** What is collected for the page. */
interface ForReport {
  readonly excerpts: readonly Excerpt[];
  readonly data: ExplorerData;
}

interface Audited {
  readonly document: AuditDocument;
  /** Undefined where no report was asked for. */
  readonly forReport: (() => ForReport) | undefined;
}

async function runAudit({ passes, options }: AuditInput): Promise<Audited> {
  const { audit } = await import('../../audit/index.ts');
  return { document: await audit(passes, options), forReport: undefined };
}

/** The same, and the rollouts are read once more for the texts and the explorer of the page. */
async function runForReport({ passes, options }: AuditInput): Promise<Audited> {
  const [{ audit, ExcerptCollector }, { ExplorerCollector }] = await Promise.all([
    import('../../audit/index.ts'),
    import('../../explorer/collect.ts'),
  ]);
  let forReport: Audited['forReport'];
  const lookBack: AuditOptions['lookBack'] = (run, shares) => {
    const findings = run.findings.map(({ rule: { code }, ...finding }) => ({ code, ...finding }));
    const heaviest = { code: 'heaviest', spans: shares?.heaviest ?? [] };
    const texts = new ExcerptCollector([...findings, heaviest], run);
    const explorer = new ExplorerCollector({ ...chosenOf(options), findings }, run);
    forReport = () => ({ excerpts: texts.excerpts, data: explorer.data });
    return [texts, explorer];
  };
  return { document: await audit(passes, { ...options, lookBack }), forReport };
}

function chosenOf({ chosen, against }: AuditOptions): Pick<ExplorerRequest, 'chosen' | 'against'> {
  return {
    ...(chosen === undefined ? {} : { chosen }),
    ...(against === undefined ? {} : { against }),
  };
}

async function reportPieces(
  document: AuditDocument,
  { excerpts, data }: ForReport,
): Promise<Iterable<string>> {
  const [{ auditPieces }, { readExplorerScript }, { readMathFont }, { version }] = await Promise.all([
    import('../../report/auditHtml.ts'),
    import('../../host/explorerScript.ts'),
    import('../../host/mathFont.ts'),
    import('../../base/version.ts'),
  ]);
  const explorer = { data, script: readExplorerScript() };
  return auditPieces({ document, excerpts, version, explorer }, { mathFont: readMathFont() });
}

function fails({ findings }: AuditDocument, { failOn, strict }: AuditFlags): boolean {
  const least = LEVELS.indexOf(strict === true ? 'warning' : failOn);
  return findings.some(({ severity }) => LEVELS.indexOf(severity) >= least);
}

async function explainCommand(code: string | true): Promise<void> {
  const [{ rules }, { ruleText, rulesTable }, { InputError }, { suggest }, { showText }] = await Promise.all([
    import('../../audit/index.ts'),
    import('../../report/tables.ts'),
    import('../../base/errors.ts'),
    import('../../base/suggest.ts'),
    import('../../base/show.ts'),
  ]);
  const palette = paletteOf(process.stdout);
  if (code === true) return new Outputs({}).print(() => rulesTable(rules, palette));
  const rule = rules.find((known) => known.code === code);
  if (rule === undefined) {
    const hint = suggest(
      code,
      rules.map((known) => known.code),
    );
    throw new InputError(
      `--explain: unknown finding "${showText(code, 40)}"${hint}; --explain alone lists all`,
    );
  }
  await new Outputs({}).print(() => ruleText(rule, palette));
}
