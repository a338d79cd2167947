// Figures that are tables of numbers.
import { expect, test } from 'vitest';
import type { TableFigure } from '../../../src/claims/figure.ts';
import { figureHtml } from '../../../src/report/figures/index.ts';
import { dangers } from '../markup.ts';

test('table: numbers, a dash for what is not defined, and no rows', () => {
  const table: TableFigure = {
    kind: 'table',
    title: 'Directions',
    caption: 'Against ∇J.',
    columns: ['cosine', '<b>scale'],
    rows: [
      { label: 'GRPO', values: [0.5, null] },
      { label: '<script>', values: [Number.NaN] },
    ],
  };
  const { markup } = figureHtml(table);
  expect(dangers(markup)).toEqual([]);
  expect(markup).toContain('value="0.5"');
  expect(markup.match(/–</g)).toHaveLength(2);
  expect(markup).toContain('A dash stands for a value that is not defined.');
  expect(figureHtml({ ...table, rows: [] }).markup).toContain('No rows.');
});
