// What every report page has around its content: the head, the style, the contents, and a policy under which nothing is loaded and
// nothing runs but the one script of the page.
import { Html, html } from '../html.ts';
import { type ContentsEntry, contents } from './contents.ts';
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
}

/** Nothing may be loaded, and nothing but the script with this hash may run, even if something in the page asked for it. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; script-src '${PAGE_SCRIPT_HASH}'`;

/** Shows all digits of every number, which without it only hovering does; style alone. */
const DIGITS = html`<label class="switch"><input type="checkbox" class="digits"> all digits of every number</label>`;

/** A complete page. Same content, same bytes. */
export function pageHtml({ title, mathFont, parts = [], style = '' }: PageFrame, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(pageCss(mathFont) + style)}</style>
</head>
<body>
<div class="page">
${contents(parts)}
<main>
${DIGITS}
${body}
</main>
</div>
<script>${new Html(PAGE_SCRIPT)}</script>
</body>
</html>
`.markup;
}
