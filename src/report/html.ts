// Markup that escapes by construction: whatever is put into an `html` template is text unless it is markup already.
import { showText } from '../base/show.ts';

/** Longest text put on a page; what comes from a file could be of any length. */
const LONGEST = 4000;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text on one line, nothing invisible in it, no longer than `limit`: control characters are shown as escapes. */
export function plainText(text: string, limit: number = LONGEST): string {
  return showText(text.replace(/[\t\n\r ]+/g, ' '), limit);
}

/** Text for an element or a quoted attribute, of HTML and of XML. */
export function escapeText(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

/** A name with an index as people type it: `g_sample`, `π_ref`, `KL_d`. */
export const INDEXED: RegExp = /(?<![\p{L}\d_])(\p{L}{1,2})_(\p{L}+|\d+)(?![\p{L}\d_])/gu;

/** Markup: a piece of a page that is not escaped again. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template. `undefined` leaves nothing. */
export type Piece = string | number | Html | undefined | readonly Piece[];

function markupOf(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Html) return piece.markup;
  if (typeof piece === 'object') return piece.map(markupOf).join('');
  return escapeText(String(piece));
}

/** html`<p class="${name}">${text}</p>`: pieces are escaped; attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let markup = strings[0]!;
  for (const [i, piece] of pieces.entries()) markup += markupOf(piece) + strings[i + 1]!;
  return new Html(markup);
}

/** A sentence of a claim: escaped, with indices set below the line. */
export function prose(text: string): Html {
  return new Html(escapeText(text).replace(INDEXED, '$1<sub>$2</sub>'));
}
