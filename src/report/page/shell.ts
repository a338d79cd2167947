// What every report page has around its content: the head, the style, and a policy under which nothing is loaded or run.
import { Html, html } from '../html.ts';
import { pageCss } from './style.ts';

/** What a page needs from files, read by the caller. */
export interface PageAssets {
  /** Temml.woff2 in base64: script letters and primes of formulas. Without it they come from the reader's fonts. */
  readonly mathFont?: string;
}

/** Nothing may be loaded or run, even if something in the page asked for it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

/** A complete page. Same content, same bytes. */
export function pageHtml({ title, mathFont }: PageAssets & { readonly title: string }, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(pageCss(mathFont))}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.markup;
}
