// What every report page has around its content: the head, the style, the contents, and a policy under which nothing is loaded and
// nothing runs but the scripts of the page.
import { Html, html } from '../html.ts';
import { type ContentsEntry, contents } from './contents.ts';
import { explorerParts, type PageExplorer } from './explorer.ts';
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH } from './script.ts';
import { pageCss } from './style.ts';

/** What a page needs from files, read by the caller. */
export interface PageAssets {
  /** Temml.woff2 in base64: script letters and primes of formulas. Without it they come from the reader's fonts. */
  readonly mathFont?: string;
}

/** What stands around a page. */
export interface PageFrame extends PageAssets {
  readonly title: string;
  /** The parts that the contents name. */
  readonly parts?: readonly ContentsEntry[];
  /** Rules of style that only this page needs. */
  readonly style?: string;
  /** Trajectories to look at, token by token. */
  readonly explorer?: PageExplorer;
}

/** Nothing may be loaded, and nothing but the scripts with these hashes may run, even if something in the page asked for it. */
function policy(hashes: readonly string[]): string {
  const scripts = hashes.map((hash) => `'${hash}'`).join(' ');
  return `default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; script-src ${scripts}`;
}

/** Shows all digits of every number, which without it only hovering does; style alone. */
const DIGITS = html`<label class="switch"><input type="checkbox" class="digits"> all digits of every number</label>`;

/** A complete page, piece by piece: its explorer may be tens of megabytes. Same content, same bytes. */
export function* pagePieces(
  { title, mathFont, parts = [], style = '', explorer }: PageFrame,
  body: Html,
): Generator<string> {
  const extra = explorer === undefined ? undefined : explorerParts(explorer);
  const hashes = [PAGE_SCRIPT_HASH, ...(extra === undefined ? [] : [extra.hash])];
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(hashes)}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(pageCss(mathFont) + style + (extra?.style ?? ''))}</style>
</head>
<body>
<div class="page">
${contents(parts)}
<main>
${DIGITS}
${body}
</main>
</div>
${new Html(`<script>${PAGE_SCRIPT}</script>`)}
`.markup;
  if (extra !== undefined) yield* extra.markup;
  yield `</body>
</html>
`;
}

/** The same as one text. */
export function pageHtml(frame: PageFrame, body: Html): string {
  return [...pagePieces(frame, body)].join('');
}
