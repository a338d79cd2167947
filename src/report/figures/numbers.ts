// A figure that is a table: numbers people would rather read than look at.
import type { TableFigure } from '../../claims/figure.ts';
import { cell, head, number } from '../cells.ts';
import { type Html, html, prose } from '../html.ts';

/** The table. null is shown as a dash, and a note says what it means. */
export function numbersTable({ title, columns, rows }: TableFigure): {
  body: Html;
  notes: readonly string[];
} {
  const heads = head([['', 'text'], ...columns.map((label) => [label, 'num'] as const)]);
  const body = rows.map(({ label, values }) => {
    const cells = columns.map((column, i) => {
      const value = values[i] ?? null;
      return cell(column, value === null ? '–' : number(value, 4));
    });
    return html`<tr role="row"><th role="rowheader" scope="row">${prose(label)}</th>${cells}</tr>`;
  });
  const undefinedValues = rows.some((row) => columns.some((_, i) => (row.values[i] ?? null) === null));
  const notes = undefinedValues ? ['A dash stands for a value that is not defined.'] : [];
  if (rows.length === 0) return { body: html`<p class="note">No rows.</p>`, notes: [] };
  return {
    body: html`<div class="numbers-box" tabindex="0" role="group" aria-label="${title}"><table role="table" class="numbers" aria-label="${title}">${heads}<tbody role="rowgroup">${body}</tbody></table></div>`,
    notes,
  };
}
