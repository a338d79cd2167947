// Facts at the top of a page: names with short values, and command lines to copy.
import { type Html, html } from '../html.ts';

/** Names and values, as many beside each other as fit. */
export function factList(rows: readonly (readonly [name: string, value: string])[]): Html {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A command line to copy. */
export function commandLine(command: string): Html {
  return html`<pre class="command"><code>${command}</code></pre>`;
}
