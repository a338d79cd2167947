// The contents of a page: at the side of a wide screen; a narrow one has the closed cards themselves, and paper has pages.
import { type Html, html, prose } from '../html.ts';

/** A part of a page. */
export interface ContentsEntry {
  /** The anchor of the part. */
  readonly id: string;
  readonly label: string;
  /** What is seen of its verdict: a sign such as ✗ with a word for readers that cannot see it. */
  readonly mark?: { readonly sign: string; readonly word: string; readonly kind: string };
}

/** Links to the parts of a page; nothing where there are fewer than two. */
export function contents(entries: readonly ContentsEntry[]): Html | undefined {
  if (entries.length < 2) return undefined;
  const items = entries.map(({ id, label, mark }) => {
    const sign =
      mark === undefined
        ? undefined
        : html`<span class="sign ${mark.kind}" role="img" aria-label="${mark.word}">${mark.sign}</span>`;
    return html`<li><a href="#${id}"><span>${prose(label)}</span>${sign}</a></li>`;
  });
  return html`<nav class="contents" aria-label="Contents"><ol>${items}</ol></nav>`;
}
