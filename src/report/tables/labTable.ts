// `lab` on a terminal: the verdict, every check and control with its interval, the split by component, and where the report lies.
import type { LabDocument } from '../../documents/labs.ts';
import { formatNumber, formatShare } from '../format.ts';
import {
  auditSentence,
  expectedWords,
  intervalWords,
  isGood,
  type Measured,
  measuredWords,
  standingWord,
  verdictSentence,
} from '../labWords.ts';
import { columns, paragraph, safe } from './layout.ts';
import type { Palette } from './palette.ts';
import { timeInWords } from './trainSummary.ts';

/** Where the text of checks begins, after the word for what they came to. */
const INDENT = 11;

function coloured(of: Measured, palette: Palette): (text: string) => string {
  const good = isGood(of);
  return good === undefined ? palette.yellow : good ? palette.green : palette.red;
}

/** The number with its interval and where it must lie, on a terminal with a plain minus. */
function numbers(of: Measured, seeds: number): string {
  const interval = intervalWords(of, seeds);
  const shown = `${measuredWords(of)}${interval === '' ? '' : ` ${interval}`}, expected ${expectedWords(of.expected)}`;
  const paper = of.paper === undefined ? '' : `; the authors report ${of.paper}`;
  return `${of.name}: ${shown}${paper}`.replaceAll('−', '-');
}

function block(of: Measured, seeds: number, palette: Palette): string {
  const sentence = 'wrong' in of ? `${of.sentence} ${of.wrong}` : of.sentence;
  const word = coloured(of, palette)(standingWord(of).padEnd(INDENT));
  return [
    paragraph(sentence, INDENT, palette).replace(' '.repeat(INDENT), word),
    palette.dim(paragraph(numbers(of, seeds), INDENT, palette)),
  ].join('\n');
}

function section(head: string, of: readonly Measured[], seeds: number, palette: Palette): string[] {
  if (of.length === 0) return [];
  return [[palette.bold(head), ...of.map((one) => block(one, seeds, palette))].join('\n')];
}

function splitTable({ split }: LabDocument, palette: Palette): string {
  if (Object.keys(split).length === 0)
    return 'The lab differentiates no objective: there is nothing to divide.';
  return columns(
    [
      ['component', 'left'],
      ['of Σ|w|', 'right'],
      ['Σw / Σ|w|', 'right'],
      ['of ‖g‖', 'right'],
    ],
    Object.entries(split).map(([name, { weight, mass, gradient }]) => [
      safe(name),
      formatShare(weight, 1),
      formatNumber(Math.abs(mass) < 1e-6 ? 0 : mass, 3),
      formatShare(gradient, 1),
    ]),
    palette,
  );
}

/** The document as text. */
export function labTable(document: LabDocument, dir: string, palette: Palette): string {
  const { name, verdict, checks, controls, seeds, seconds } = document;
  const colour = { shown: palette.green, notShown: palette.red, undecided: palette.yellow }[verdict];
  const sentence = verdictSentence(document);
  const [word] = sentence.split(/(?<=:)/, 1) as [string];
  const title = palette.bold(safe(name));
  return [
    paragraph(`${safe(name)}: ${sentence}`, 0, palette)
      .replace(`${safe(name)}:`, `${title}:`)
      .replace(word, colour(word)),
    ...section('Checks', checks, seeds, palette),
    ...section('Controls: the same, asked of what must fail it', controls, seeds, palette),
    splitTable(document, palette),
    paragraph(auditSentence(document), 0, palette),
    paragraph(
      `${timeInWords(seconds)} for all seeds. The folder is ${safe(dir)}, the report ${safe(dir)}/report.html.`,
      0,
      palette,
    ),
  ].join('\n\n');
}
