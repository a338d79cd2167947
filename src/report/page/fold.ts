// A card that folds: its heading and a mark stay visible, the rest opens on demand, and all of it is there in print.
import { Html, html, type Piece } from '../html.ts';

/** A card of a page that can be closed. */
export interface Fold {
  /** Anchor of the card, unique on its page. */
  readonly id: string;
  readonly heading: Piece;
  /** What stands beside the heading, such as a verdict. */
  readonly mark?: Piece;
  readonly open: boolean;
  /** Further classes, separated by spaces. */
  readonly kind?: string;
}

/** The card. */
export function fold({ id, heading, mark, open, kind }: Fold, body: Piece): Html {
  const opened = open ? new Html(' open=""') : undefined;
  return html`<details class="card fold${kind === undefined ? '' : ` ${kind}`}" id="${id}"${opened}>
<summary><h2>${heading}</h2>${mark}</summary>
${body}
</details>
`;
}
