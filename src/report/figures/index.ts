// Pictures of claims: data in, stand-alone SVG out, or a <figure> for a page.
import type { Figure, TableFigure } from '../../claims/figure.ts';
import { Html, html, prose } from '../html.ts';
import { drawBudget } from './budget.ts';
import type { Drawing } from './canvas.ts';
import { drawLines } from './lines.ts';
import { drawMap } from './map.ts';
import { numbersTable } from './numbers.ts';
import { drawTree } from './tree.ts';

export type { Drawing } from './canvas.ts';

/** A figure that is a picture. */
export type Picture = Exclude<Figure, TableFigure>;

/** Draws a picture. Same figure, same bytes. */
export function drawFigure(figure: Picture): Drawing {
  switch (figure.kind) {
    case 'lines':
      return drawLines(figure);
    case 'map':
      return drawMap(figure);
    case 'budget':
      return drawBudget(figure);
    case 'tree':
      return drawTree(figure);
  }
}

/** A picture in a box that scrolls where the screen is narrower. */
function pictureHtml(figure: Picture): { body: Html; notes: readonly string[] } {
  const { svg, notes } = drawFigure(figure);
  const body = html`<div class="picture" tabindex="0" role="group" aria-label="${figure.title}">${new Html(svg)}</div>`;
  return { body, notes };
}

/** The figure with its caption, for a page. */
export function figureHtml(figure: Figure): Html {
  const { body, notes } = figure.kind === 'table' ? numbersTable(figure) : pictureHtml(figure);
  const said = notes.map((note) => html` <span class="note">${note}</span>`);
  return html`<figure class="figure">${body}<figcaption><strong>${prose(figure.title)}</strong>${prose(figure.caption)}${said}</figcaption></figure>`;
}
