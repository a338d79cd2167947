// The paper pictures are drawn on: Observable Plot runs on a document of linkedom, its marks go into one plain SVG.
//
// No ids, no style outside `.gs-figure`, no script: a picture works inside a page, next to others, and as a file.
import * as Plot from '@observablehq/plot';
// All of linkedom in one file: its main entry is many, and takes a tenth of a second to load.
import { parseHTML } from 'linkedom/worker';
import { Html, html, INDEXED, plainText } from '../html.ts';
import { colour, themeCss } from '../theme.ts';

/** Pictures are laid out at this width, in pixels; only a deep tree needs more. */
export const WIDTH = 640;

/** Size of ordinary text in a picture, in pixels. */
export const TEXT = 12;

/** A picture with what has to be said about it, for instance that points were left out. */
export interface Drawing {
  readonly svg: string;
  /** Of the picture as it was laid out, in pixels. */
  readonly width: number;
  readonly notes: readonly string[];
}

/** Where Plot makes its elements. It never attaches them, so that one document, made when needed, serves all. */
let document: Plot.PlotOptions['document'];

/** Whether a number has a place in a picture: NaN and infinities have none, nor has what would overflow on the way. */
export function isDrawable(x: number): boolean {
  return Math.abs(x) <= 1e300;
}

/** Markup with the numbers of its attributes rounded to a thousandth of a pixel; text stays as it is. */
function rounded(markup: string): string {
  const round = (number: string): string => String(Number(Number(number).toFixed(3)));
  return markup.replace(/="[^"]*"/g, (value) => value.replace(/\d+\.\d{4,}/g, round));
}

/** Marks drawn by Plot, as markup to be placed with `at`. */
export function plotted(options: Plot.PlotOptions): Html {
  document ??= parseHTML('<!doctype html><html><body></body></html>').document;
  const svg = Plot.plot({ ...options, document });
  svg.querySelector('style')?.remove();
  // Plot names the kinds of its marks; the picture as a whole has a name, and its parts have no role that could carry one.
  for (const mark of svg.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label');
  return new Html(rounded(svg.innerHTML));
}

/** Marks in pixel coordinates of a `width` × `height` area, no axes. */
export function pixels(width: number, height: number, marks: Plot.Markish[]): Html {
  const identity = { type: 'identity', axis: null } as const;
  return plotted({
    width,
    height,
    margin: 0,
    x: identity,
    y: identity,
    r: { type: 'identity' },
    opacity: { type: 'identity' },
    color: { type: 'identity' },
    marks,
  });
}

/** Moves markup to (x, y). */
export function at(x: number, y: number, body: Html): Html {
  return html`<g transform="translate(${x},${y})">${body}</g>`;
}

/** Sets the indices of names (`V_sample`) in the text of markup below the line, and what follows back on it. */
function withIndices(markup: string): string {
  const index = '$1<tspan dy="0.3em" font-size="0.8em">$2</tspan><tspan dy="-0.24em">\u200b</tspan>';
  return markup.replace(/>[^<]+</g, (text) => text.replace(INDEXED, index));
}

/** What a picture is for readers that cannot see it, and how large it is. */
export interface Sheet {
  readonly title: string;
  /** The picture in words, with its numbers. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
}

/** A whole picture: a stand-alone SVG document, named and described. */
export function sheet({ title, description, width, height }: Sheet, body: Html): string {
  const style = new Html(themeCss('.gs-figure'));
  const marks = new Html(withIndices(body.markup));
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="gs-figure" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}" font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif" font-size="${TEXT}" text-anchor="middle" fill="${colour('ink')}"><title>${title}</title><desc>${description}</desc><style>${style}</style><rect width="${width}" height="${height}" fill="${colour('paper')}"/>${marks}</svg>`
    .markup;
}

/** What is shown where there is nothing to draw. */
export function emptySheet(title: string, why: string): Drawing {
  const body = html`<text x="${WIDTH / 2}" y="52" fill="${colour('soft')}">${why}</text>`;
  return { svg: sheet({ title, description: why, width: WIDTH, height: 96 }, body), notes: [], width: WIDTH };
}

/** About how wide a text is: sans-serif letters take a little more than half of their size, wide scripts all of it. */
export function textWidth(text: string, size: number = TEXT): number {
  let width = 0;
  for (const c of text) width += c > '\u2e80' ? 1 : /[A-ZMWmw%@]/.test(c) ? 0.72 : 0.56;
  return width * size;
}

/** Text cut with an ellipsis to fit `width`; unsafe characters shown as escapes. */
export function fitText(text: string, width: number, size: number = TEXT): string {
  const safe = plainText(text, 400);
  if (textWidth(safe, size) <= width) return safe;
  const letters = [...safe];
  while (letters.length > 0 && textWidth(`${letters.join('')}…`, size) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** Text on one line, or on two where it does not fit; the second is cut. Lines are separated by \n, as Plot takes them. */
export function twoLines(text: string, width: number, size: number = TEXT): string {
  const safe = plainText(text, 400);
  if (textWidth(safe, size) <= width) return safe;
  const words = safe.split(' ');
  let first = words.shift()!;
  while (words.length > 0 && textWidth(`${first} ${words[0]}`, size) <= width) first += ` ${words.shift()}`;
  if (words.length === 0 || textWidth(first, size) > width) return fitText(safe, width, size);
  return `${first}\n${fitText(words.join(' '), width, size)}`;
}

/** `1 point is not finite or too large to draw, and was left out.`, or nothing. */
export function leftOut(n: number, noun: string): string[] {
  if (n === 0) return [];
  return [
    n === 1
      ? `1 ${noun} is not finite or too large to draw, and was left out.`
      : `${n} ${noun}s are not finite or too large to draw, and were left out.`,
  ];
}
