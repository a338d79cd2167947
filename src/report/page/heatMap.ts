// A table of numbers on grounds that say how large they are: by one scale for the whole table, or one for each column.
import { cell, head, number } from '../cells.ts';
import { type Html, html, plainText } from '../html.ts';

/** Characters of a name that are shown. */
const LONGEST = 200;

/** The strongest ground, in per cent of the colour. */
const STRONGEST = 65;

/** A heat map. null: there is no such number. */
export interface HeatMap {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [row][column] */
  readonly values: readonly (readonly (number | null)[])[];
  /** Whether each column has a scale of its own; one for all if left out. */
  readonly byColumn?: boolean;
}

function largestOf(values: readonly (number | null)[]): number {
  return values.reduce<number>(
    (most, x) => (x !== null && Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most),
    0,
  );
}

/** The rules of style that a page with such a table needs. */
export const HEAT_CSS = `.heat td.up{background:color-mix(in srgb,var(--gs-positive) calc(var(--w)*1%),transparent)}
.heat td.down{background:color-mix(in srgb,var(--gs-negative) calc(var(--w)*1%),transparent)}
.heat-box{overflow-x:auto}
`;

/** The table: every cell with its number, so that colours tell nothing that is not there in digits. */
export function heatMapHtml({ title, rows, columns, values, byColumn = false }: HeatMap): Html {
  const all = largestOf(values.flat());
  const scales = columns.map((_, c) => (byColumn ? largestOf(values.map((row) => row[c]!)) : all));
  const cells = (row: readonly (number | null)[]): Html[] =>
    row.map((x, c) => {
      const label = plainText(columns[c]!, LONGEST);
      if (x === null || !Number.isFinite(x)) return cell(label, '–');
      const share = scales[c]! > 0 ? Math.abs(x) / scales[c]! : 0;
      return html`<td role="cell" data-label="${label}" class="num ${x < 0 ? 'down' : 'up'}" style="--w:${(STRONGEST * share).toFixed(0)}">${number(x, 3)}</td>`;
    });
  const body = rows.map(
    (name, r) =>
      html`<tr role="row"><th role="rowheader" scope="row">${plainText(name, LONGEST)}</th>${cells(values[r]!)}</tr>`,
  );
  return html`<div class="heat-box" tabindex="0" role="group" aria-label="${title}"><table role="table" class="numbers heat" aria-label="${title}">${head(
    [['', 'text'], ...columns.map((name): [string, 'num'] => [plainText(name, LONGEST), 'num'])],
  )}<tbody role="rowgroup">${body}</tbody></table></div>`;
}
