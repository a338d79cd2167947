// A section of the documentation on a page.
import { cell, head } from '../cells.ts';
import { type Html, html, prose } from '../html.ts';
import { type Block, blocksOf, type Item, plainOf, type Span, spansOf } from '../markdown.ts';

function spanHtml({ kind, text }: Span): Html {
  switch (kind) {
    case 'code':
      return html`<code>${text}</code>`;
    case 'strong':
      return html`<strong>${prose(text)}</strong>`;
    case 'emphasis':
      return html`<em>${prose(text)}</em>`;
    case 'text':
      return prose(text);
  }
}

/** The text of a paragraph of Markdown as markup. */
export function spansHtml(markdown: string): Html[] {
  return spansOf(markdown).map(spanHtml);
}

function listHtml(items: readonly Item[]): Html {
  const inside = items.map((item) => html`<li>${spansHtml(item.text)}</li>`);
  const isOrdered = /\d/.test(items[0]!.mark);
  return isOrdered ? html`<ol>${inside}</ol>` : html`<ul>${inside}</ul>`;
}

function tableHtml(heads: readonly string[], rows: readonly (readonly string[])[]): Html {
  const named = heads.map(plainOf);
  const lines = rows.map(
    ([first, ...rest]) =>
      html`<tr role="row"><th role="rowheader" scope="row">${spansHtml(first!)}</th>${rest.map((value, i) => cell(named[i + 1]!, html`${spansHtml(value)}`, 'text'))}</tr>`,
  );
  return html`<table role="table">${head(named.map((name) => [name, 'text'] as const))}<tbody role="rowgroup">${lines}</tbody></table>`;
}

/** Lines with their indent, and with the spaces that align them, which markup would make one. */
function linesHtml(lines: readonly string[]): Html {
  const indent = Math.min(...lines.map((line) => /^ */.exec(line)![0].length));
  const kept = lines.map((line) =>
    line.slice(indent).replace(/^ +| {2,}/g, (spaces) => '\u00a0'.repeat(spaces.length)),
  );
  return html`<div class="lines">${kept.map((line) => html`<div>${line}</div>`)}</div>`;
}

function blockHtml(block: Block): Html {
  switch (block.kind) {
    case 'heading':
      return html`<h3>${spansHtml(block.text)}</h3>`;
    case 'paragraph':
      return html`<p>${spansHtml(block.text)}</p>`;
    case 'quote':
      return html`<blockquote>${spansHtml(block.text)}</blockquote>`;
    case 'fenced':
    case 'indented':
      return linesHtml(block.lines);
    case 'list':
      return listHtml(block.items);
    case 'table':
      return tableHtml(block.heads, block.rows);
  }
}

/** Markdown as markup. */
export function markdownHtml(markdown: string): Html[] {
  return blocksOf(markdown).map(blockHtml);
}
