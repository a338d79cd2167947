// The explorer of a page: an empty place, the data, and the script that fills the place. Without a script all of it stays hidden.
import type { ExplorerData } from '../../documents/explorer.ts';
import { packExplorer } from '../../explorer/pack.ts';
import { Html, html } from '../html.ts';
import { EXPLORER_CSS } from './explorerStyle.ts';

/** A script with the hash by which the page's policy allows it. */
export interface PageScript {
  readonly text: string;
  /** Such as `sha256-…`. */
  readonly hash: string;
}

/** What a page with an explorer needs besides its own content. */
export interface PageExplorer {
  readonly data: ExplorerData;
  /** The script that `npm run build` makes of src/explorer/page. */
  readonly script: PageScript;
}

/** What stands behind the content of the page, with its style. */
export function explorerParts({ data, script }: PageExplorer): { markup: Html; style: string; hash: string } {
  const count = data.trajectories.line.length;
  const section = html`<main id="explorer" class="explorer" aria-label="Explorer" data-count="${count}" hidden=""></main>`;
  const markup = `${section.markup}
<script type="application/json" id="explorer-data">${packExplorer(data)}</script>
<script>${script.text}</script>
`;
  return { markup: new Html(markup), style: EXPLORER_CSS, hash: script.hash };
}
