// Numbers, cells and heads of HTML tables.
import { typesetNumber } from './format.ts';
import { type Html, html, type Piece } from './html.ts';

/** A number, short to read, whole in its value: on hovering, and where the reader asks for all digits. */
export function number(x: number, digits?: number): Html {
  const whole = String(x);
  return html`<data value="${whole}" title="${whole}"><span>${typesetNumber(x, digits)}</span></data>`;
}

/** A cell of a table; its label is shown where a narrow screen turns rows into cards. */
export function cell(label: string, content: Piece, kind: 'num' | 'text' = 'num'): Html {
  return html`<td role="cell" data-label="${label}" class="${kind}">${content}</td>`;
}

/** The head of a table, one label a column; numbers are headed on the right. */
export function head(columns: readonly (readonly [label: string, kind: 'num' | 'text'])[]): Html {
  // Above the names of rows stands nothing, which is no heading.
  const cells = columns.map(([label, kind]) =>
    label === ''
      ? html`<td role="cell"></td>`
      : html`<th role="columnheader" scope="col" class="${kind}">${label}</th>`,
  );
  return html`<thead role="rowgroup"><tr role="row">${cells}</tr></thead>`;
}
