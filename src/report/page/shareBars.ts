// Shares as bars in a table: how a whole divides.
import { cell, head } from '../cells.ts';
import { formatShare } from '../format.ts';
import { type Html, html } from '../html.ts';

/** Rules of style for tables of shares side by side. */
export const SHARE_CSS = `
.share-grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:0 2.5rem}
.share-grid h3{margin-top:1.25rem}
.shares td.bar{width:45%}
.bar b{display:block;height:.8rem;border-radius:2px;background:var(--gs-soft);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.bar b.sample{background:var(--gs-sample)}
.bar b.decision{background:repeating-linear-gradient(45deg,var(--gs-decision) 0 5px,color-mix(in srgb,var(--gs-decision) 55%,var(--gs-paper)) 5px 8px)}
`;

/** A row: its name and its share. */
export type Row = readonly [name: string, share: number | null];

/**
 * Shares under a title; nothing without rows.
 * @param kind the class that gives the bar of a row its colour
 */
export function shareBars(
  title: string,
  rows: readonly Row[],
  kind: (name: string) => string,
): Html | undefined {
  if (rows.length === 0) return undefined;
  const columns = head([
    ['', 'text'],
    ['share', 'num'],
    ['', 'text'],
  ]);
  const lines = rows.map(([name, share]) => {
    const width = share === null || !Number.isFinite(share) ? 0 : Math.max(0, Math.min(1, Math.abs(share)));
    return html`<tr role="row"><th role="rowheader" scope="row">${name}</th>${[
      cell('share', share === null ? '–' : formatShare(share, 1)),
      html`<td role="cell" class="bar"><b class="${kind(name)}" style="width:${(100 * width).toFixed(1)}%"></b></td>`,
    ]}</tr>`;
  });
  return html`<div><h3>${title}</h3><table role="table" class="shares numbers" aria-label="${title}">${columns}<tbody role="rowgroup">${lines}</tbody></table></div>`;
}
