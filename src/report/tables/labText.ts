// A lab in words: `gradsplit lab NAME --explain`.
import type { Lab } from '../../labs/index.ts';
import { nextCommand } from '../labWords.ts';
import { columns, paragraph } from './layout.ts';
import type { Palette } from './palette.ts';

/** A formula longer than this on a terminal is cut between its commands, where TeX allows a space. */
const LONGEST_FORMULA = 60;

/** The same text with places to break its long formulas. */
function breakable(text: string): string {
  return text.replace(/\S+/g, (word) =>
    word.length <= LONGEST_FORMULA ? word : word.replace(/(?<=[^\\\s])(?=\\)/g, ' '),
  );
}

/** What a lab asks, how it is built, what must be seen, its settings, and what to try next. */
export function labText(lab: Lab, palette: Palette): string {
  const { name, title, source, question, method, paper, ours, differs, restsOn } = lab;
  const part = (head: string, texts: readonly string[]): string[] =>
    texts.length === 0
      ? []
      : [[palette.bold(head), ...texts.map((text) => paragraph(breakable(text), 2, palette))].join('\n')];
  const settings = Object.entries(lab.options).map(([key, { default: usual, sentence, choices }]) => {
    const full = lab.full[key];
    const more = full === undefined ? '' : ` With --full ${String(full)}.`;
    return [
      `  ${key}`,
      String(usual),
      `${sentence}${choices === undefined ? '' : ` (${choices.join(', ')})`}${more}`,
    ];
  });
  return [
    `${palette.bold(name)}  ${paragraph(`${title} (${source})`, 0, palette)}`,
    ...part('Question', [question]),
    ...part('Method', method),
    ...part(
      'Checks',
      lab.checks.map(({ sentence }) => sentence),
    ),
    ...part(
      'Controls: the same, asked of what must fail it',
      lab.controls.map(({ sentence, wrong }) => `${sentence} ${wrong}`),
    ),
    ...part('What the paper says', paper),
    ...part('What is ours', ours),
    ...part('What differs', differs),
    ...part('What it rests on', [restsOn]),
    [
      columns(
        [
          ['setting', 'left'],
          ['default', 'left'],
          ['', 'left'],
        ],
        settings,
        palette,
      ),
    ].join('\n'),
    ...part(
      'To try next',
      lab.next.map((next) => `${nextCommand(name, next)}: ${next.expect}`),
    ),
  ].join('\n\n');
}
