// The explorer of a page: an empty place, the data, and the script that fills the place. Without a script all of it stays hidden.
import type { ExplorerData } from '../../documents/explorer.ts';
import { explorerPieces } from '../../explorer/pack.ts';
import { html } from '../html.ts';
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

/** What stands behind the content of the page, piece by piece. */
function* explorerMarkup({ data, script }: PageExplorer): Generator<string> {
  const count = data.trajectories.line.length;
  const section = html`<main id="explorer" class="explorer" aria-label="Explorer" data-count="${count}" hidden=""></main>`;
  yield `${section.markup}
<script type="application/json" id="explorer-data">`;
  yield* explorerPieces(data);
  yield `</script>
<script>${script.text}</script>
`;
}

/** What an explorer adds to a page. */
export interface ExplorerParts {
  readonly markup: Iterable<string>;
  readonly style: string;
  readonly hash: string;
}

/** What stands behind the content of the page, with its style. */
export function explorerParts(explorer: PageExplorer): ExplorerParts {
  return { markup: explorerMarkup(explorer), style: EXPLORER_CSS, hash: explorer.script.hash };
}
