// `compare` on a terminal: for each split the four policies side by side, and the gain by component.
import type { ComparedSplit, ComparisonDocument } from '../../documents/comparison.ts';
import { CELLS } from '../../training/index.ts';
import { columns, paragraph, safe } from './layout.ts';
import { estimateColumns, measureLines, showEstimate } from './measures.ts';
import type { Palette } from './palette.ts';

const TITLES = { id: 'In distribution', ood: 'Out of distribution' } as const;

function splitText(title: string, { grid, shapley }: ComparedSplit, palette: Palette): string {
  const table = columns(
    [['', 'left'], ...estimateColumns(CELLS)],
    measureLines(CELLS.map((cell) => grid[cell])),
    palette,
  );
  const gain = grid['b/b'].accuracy.mean - grid['a/a'].accuracy.mean;
  return [
    palette.bold(title),
    table,
    paragraph(
      `gain in accuracy ${gain.toFixed(3)} = sampling ${showEstimate(shapley.sample)} + deciding ${showEstimate(shapley.decision)}`,
      0,
      palette,
    ),
  ].join('\n');
}

/** The document as text. */
export function comparisonTable({ models, task, splits }: ComparisonDocument, palette: Palette): string {
  const [a, b] = models.map(safe);
  const head = [
    `${task}; x/y: x draws the attempts, y decides; bootstrap intervals of 95 %`,
    `a = ${a}`,
    `b = ${b}`,
  ];
  return [
    palette.dim(head.map((line) => paragraph(line, 0, palette)).join('\n')),
    splitText(TITLES.id, splits.id, palette),
    splitText(TITLES.ood, splits.ood, palette),
  ].join('\n\n');
}
