// `compare` on a terminal: for each split the four policies side by side, and the gain by component.
import type { ComparedSplit, ComparisonDocument } from '../../documents/comparison.ts';
import { CELLS } from '../../training/index.ts';
import { columns, safe } from './layout.ts';
import { measureLines, showEstimate } from './measures.ts';
import type { Palette } from './palette.ts';

const TITLES = { id: 'In distribution', ood: 'Out of distribution' } as const;

function splitText(title: string, { grid, shapley }: ComparedSplit, palette: Palette): string {
  const table = columns(
    [['', 'left'], ...CELLS.map((cell) => [cell, 'left'] as const)],
    measureLines(CELLS.map((cell) => grid[cell])),
    palette,
  );
  const gain = grid['b/b'].accuracy.mean - grid['a/a'].accuracy.mean;
  return [
    palette.bold(title),
    table,
    `gain in accuracy ${gain.toFixed(3)} = sampling ${showEstimate(shapley.sample)} + deciding ${showEstimate(shapley.decision)}`,
  ].join('\n');
}

/** The document as text. */
export function comparisonTable({ models, task, splits }: ComparisonDocument, palette: Palette): string {
  const [a, b] = models.map(safe);
  return [
    palette.dim(
      `${task}; x/y: x draws the attempts, y decides; bootstrap intervals of 95 %\na = ${a}\nb = ${b}`,
    ),
    splitText(TITLES.id, splits.id, palette),
    splitText(TITLES.ood, splits.ood, palette),
  ].join('\n\n');
}
