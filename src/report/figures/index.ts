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

/** What is written under a figure. */
export interface Captioned {
  readonly title: string;
  readonly caption: string;
}

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

/** What stands in a figure, with what has to be said about it. */
interface Content {
  readonly body: Html;
  readonly notes: readonly string[];
}

/** A picture in a box that scrolls where the screen is narrower. */
function boxed(title: string, { svg, notes, width }: Drawing): Content {
  // The hint is as high as a line where the picture is wider than its box, and else has no height.
  return {
    body: html`<div style="--gs-width:${width}"><div class="hint" aria-hidden="true">the picture goes on →</div><div class="picture" tabindex="0" role="group" aria-label="${title}">${new Html(svg)}</div></div>`,
    notes,
  };
}

function captioned({ title, caption }: Captioned, { body, notes }: Content): Html {
  const said = notes.map((note) => html` <span class="note">${note}</span>`);
  return html`<figure class="figure">${body}<figcaption><strong>${prose(title)}</strong>${prose(caption)}${said}</figcaption></figure>`;
}

/** The figure with its caption, for a page. */
export function figureHtml(figure: Figure): Html {
  return captioned(
    figure,
    figure.kind === 'table' ? numbersTable(figure) : boxed(figure.title, drawFigure(figure)),
  );
}

/** A picture that belongs to no claim, with its caption. */
export function drawingHtml(texts: Captioned, drawing: Drawing): Html {
  return captioned(texts, boxed(texts.title, drawing));
}
