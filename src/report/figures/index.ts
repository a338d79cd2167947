// Pictures of claims: data in, stand-alone SVG out, or a <figure> for a page.
import type { Figure } from '../../claims/figure.ts';
import { Html, html } from '../html.ts';
import { drawBudget } from './budget.ts';
import type { Drawing } from './canvas.ts';
import { drawLines } from './lines.ts';
import { drawMap } from './map.ts';
import { drawTree } from './tree.ts';

export type { Drawing } from './canvas.ts';

/** Draws a figure. Same figure, same bytes. */
export function drawFigure(figure: Figure): Drawing {
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

/** The figure with its caption, for a page. */
export function figureHtml(figure: Figure): Html {
  const { svg, notes } = drawFigure(figure);
  const said = notes.map((note) => html` <span class="note">${note}</span>`);
  return html`<figure class="figure"><div class="picture" tabindex="0" role="group" aria-label="${figure.title}">${new Html(svg)}</div><figcaption><strong>${figure.title}</strong> ${figure.caption}${said}</figcaption></figure>`;
}
