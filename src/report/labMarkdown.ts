// The labs as pages of Markdown: the text of each from its definition, its result from the document of a run, and an index.
import type { LabDocument } from '../documents/labs.ts';
import type { Lab } from '../labs/index.ts';
import { formatNumber, formatShare } from './format.ts';
import {
  auditSentence,
  expectedWords,
  intervalWords,
  type Measured,
  measuredWords,
  nextCommand,
  seedNames,
  standingWord,
  verdictSentence,
} from './labWords.ts';
import { markdownTable } from './tables/markdown.ts';

/** Between these lines stands what a run found; the rest follows from the definition. */
const BEGIN = '<!-- result -->';
const END = '<!-- end of result -->';

function evidenceTable(first: string, all: readonly Measured[], seeds: number): string {
  return markdownTable(
    [first, 'measured', 'over seeds', 'expected', '', 'the authors report'],
    all.map((of) => [
      'wrong' in of ? `${of.sentence} ${of.wrong}` : of.sentence,
      measuredWords(of),
      intervalWords(of, seeds),
      expectedWords(of.expected),
      standingWord(of),
      of.paper ?? '',
    ]),
  );
}

function splitTable({ split }: LabDocument): string {
  const entries = Object.entries(split);
  if (entries.length === 0) return 'The lab differentiates no objective: there is nothing to divide.\n';
  return markdownTable(
    ['component', 'of Σ∣w∣', 'Σw / Σ∣w∣', 'of ‖g‖'],
    entries.map(([name, { weight, mass, gradient }]) => [
      name,
      formatShare(weight, 1),
      formatNumber(Math.abs(mass) < 1e-6 ? 0 : mass, 3).replace('-', '−'),
      formatShare(gradient, 1),
    ]),
  );
}

/** What a run found, for the page of its lab; its picture lies beside the page as `NAME.svg`. */
export function labResultMarkdown({ picture }: Lab, document: LabDocument): string {
  const { name, seeds, firstSeed, full, version, kernels, checks, controls } = document;
  const size = full ? ' --full' : '';
  return [
    `**${verdictSentence(document).replace(':', ':**')}`,
    `![${picture.title}](${name}.svg)`,
    `${picture.caption} Bands and bars are 95 % intervals over seeds; grey dashed lines are bounds or closed forms.`,
    evidenceTable('check', checks, seeds).trimEnd(),
    ...(controls.length === 0
      ? []
      : [evidenceTable('control, and what is wrong about it', controls, seeds).trimEnd()]),
    'How the gradient of its own objective divides, as a mean over the training and over seeds:',
    splitTable(document).trimEnd(),
    auditSentence(document),
    `Run by gradsplit ${version} with the ${kernels.build} build of the kernels: \`gradsplit lab ${name}${size} --seeds ${seeds}\`, ${seedNames(firstSeed, seeds)}.`,
  ].join('\n\n');
}

function list(texts: readonly string[]): string {
  return texts.map((text) => ` - ${text}`).join('\n');
}

function settingsTable({ options, full }: Lab): string {
  return markdownTable(
    ['setting', 'default', 'with `--full`', 'what it does'],
    Object.entries(options).map(([name, { default: usual, sentence, expected }]) => [
      `\`${name}\``,
      String(usual),
      full[name] === undefined ? '' : String(full[name]),
      `${sentence} Expected: ${expected}.`,
    ]),
    4,
  );
}

/**
 * The page of a lab.
 * @param result what stands under its heading, from `labResultMarkdown`; without it the page says that the lab has to be run
 */
export function labMarkdown(lab: Lab, result: string | undefined): string {
  const { name, title, source, question, look, minutes, method, paper, ours, differs, restsOn, next } = lab;
  const section = (head: string, texts: readonly string[]): string[] =>
    texts.length === 0 ? [] : [`## ${head}`, list(texts)];
  const none = `There is no result here yet: run it, then \`npm run docs:labs\`.`;
  return `${[
    `# ${title}`,
    `Lab \`${name}\`, ${source}. This page is written by \`npm run docs:labs\`: its text from the lab itself, its result from a run.`,
    `**${question}**`,
    `Look at ${look}. It takes about ${minutes} min on two cores:`,
    `    gradsplit lab ${name}`,
    '## Method',
    ...method,
    '## Result',
    `${BEGIN}\n\n${result ?? none}\n\n${END}`,
    ...section('What the paper says', paper),
    ...section('What is ours', ours),
    ...section('What differs from the paper', differs),
    ...section('What it rests on', [restsOn]),
    '## Settings',
    settingsTable(lab).trimEnd(),
    '## To try next',
    ...next.flatMap((one) => [`    ${nextCommand(name, one)}`, one.expect]),
  ].join('\n\n')}\n`;
}

/** What a page says of its result; undefined where it says that the lab has to be run. */
export function resultIn(page: string): string | undefined {
  const inside = page.split(`${BEGIN}\n\n`)[1]?.split(`\n\n${END}`)[0];
  return inside?.startsWith('**') === true ? inside : undefined;
}

/**
 * The index of the pages.
 * @param results by the name of the lab, as its page has it
 */
export function labsMarkdown(labs: readonly Lab[], results: ReadonlyMap<string, string>): string {
  const table = markdownTable(
    ['lab', 'question', 'source', 'result', 'about'],
    labs.map(({ name, question, source, minutes }) => [
      `[${name}](${name}.md)`,
      question,
      source,
      /^\*\*(.*?):\*\*/.exec(results.get(name) ?? '')?.[1]?.toLowerCase() ?? 'not run',
      `${minutes} min`,
    ]),
    4,
  );
  return `# Labs

Published systems built small on this engine. Each asks one question of one system: what the authors claim becomes checks, and every
check has a control, the same comparison put to something for which it is wrong. A lab is *shown* if every check holds over seeds, every
control is rejected, and the audit of its rollouts finds what the lab says and nothing else. The models are tiny: a lab shows that a
mechanism works as it is said to, not how much it brings at scale.

The usual seeds of a lab begin at 1001, or later where a page says so. Settings and bounds were chosen while looking at smaller seeds
only, so that a result over the usual ones is no choice of the best; \`--first-seed\` takes others. Where a claim stays undecided, or is not
shown, the page says so, and what was tried.

    gradsplit labs
    gradsplit lab NAME --explain
    gradsplit lab NAME --report lab.html

This page and those of the labs are written by \`npm run docs:labs\`.

${table.trimEnd()}
`;
}
