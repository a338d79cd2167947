// `labs` on a terminal: every lab with its question, and what they found where all were run.
import type { LabsDocument } from '../../documents/labs.ts';
import { LAB_VERDICTS } from '../labWords.ts';
import { columns, paragraph } from './layout.ts';
import type { Palette } from './palette.ts';
import { timeInWords } from './trainSummary.ts';

/** The labs, and how one is run. */
export function labsTable({ labs }: LabsDocument, palette: Palette): string {
  return [
    columns(
      [
        ['lab', 'left'],
        ['question', 'left'],
        ['command', 'left', { drop: 2 }],
        ['what to look at', 'left'],
        ['about', 'right'],
      ],
      labs.map(({ name, question, command, look, minutes }) => [
        name,
        question,
        command,
        look,
        `${minutes} min`,
      ]),
      palette,
    ),
    paragraph(
      'gradsplit lab NAME runs one, gradsplit lab NAME --explain says how it is built, gradsplit labs --run-all runs all.',
      0,
      palette,
    ),
  ].join('\n\n');
}

/** What all labs found. */
export function labResultsTable({ results = [] }: LabsDocument, palette: Palette): string {
  const colours = { shown: palette.green, notShown: palette.red, undecided: palette.yellow };
  return columns(
    [
      ['lab', 'left'],
      ['verdict', 'left'],
      ['checks', 'right'],
      ['controls', 'right'],
      ['time', 'right'],
    ],
    results.map(({ name, verdict, checks, controls, seconds }) => [
      name,
      colours[verdict](LAB_VERDICTS[verdict]),
      `${checks.held}/${checks.of}`,
      `${controls.rejected}/${controls.of}`,
      timeInWords(seconds),
    ]),
    palette,
  );
}
