// What is said about a lab: its method, what the paper says and what is ours, and what to try next.
import type { Lab } from '../../labs/index.ts';
import { type Html, html, prose } from '../html.ts';
import { nextCommand } from '../labWords.ts';
import { commandLine } from './facts.ts';
import { fold } from './fold.ts';
import { spansHtml } from './markdownHtml.ts';
import { formula, inlineFormula } from './math.ts';

/** A paragraph of Markdown with TeX between dollars, or between two of them where it stands on a line of its own. */
export function texParagraph(paragraph: string): Html {
  const pieces = paragraph.split(/(\$\$[^$]+\$\$|\$[^$]+\$)/).filter((piece) => piece !== '');
  const isDisplayed = (piece: string): boolean => /^\$\$[^$]+\$\$$/.test(piece);
  const blocks: Html[][] = [[]];
  const displayed = new Map<number, Html>();
  for (const piece of pieces) {
    if (isDisplayed(piece)) {
      displayed.set(blocks.length, formula(piece.slice(2, -2)));
      blocks.push([], []);
    } else if (/^\$[^$]+\$$/.test(piece)) blocks.at(-1)!.push(inlineFormula(piece.slice(1, -1)));
    else blocks.at(-1)!.push(...spansHtml(piece));
  }
  return html`${blocks.map((inside, i) => displayed.get(i) ?? (inside.length === 0 ? undefined : html`<p>${inside}</p>`))}`;
}

function sentences(heading: string, texts: readonly string[]): Html | undefined {
  if (texts.length === 0) return undefined;
  return html`<h3>${heading}</h3><ul class="assumptions">${texts.map((text) => html`<li>${texParagraph(text)}</li>`)}</ul>`;
}

/** How the lab is built. */
export function methodCard({ method }: Lab): Html {
  return fold({ id: 'method', heading: 'Method', open: false }, html`${method.map(texParagraph)}`);
}

/** What the paper says, what is ours, what differs, and what it rests on. */
export function sourcesCard({ paper, ours, differs, restsOn, source }: Lab): Html {
  return fold(
    { id: 'paper', heading: 'The paper and this lab', open: false },
    html`<p>${prose(source)}</p>
${sentences('What the paper says', paper)}
${sentences('What is ours', ours)}
${sentences('What differs from the paper', differs)}
${sentences('What it rests on', [restsOn])}`,
  );
}

/** Experiments to try next, as commands to copy. */
export function nextCard(lab: Lab): Html | undefined {
  if (lab.next.length === 0) return undefined;
  const each = lab.next.map(
    (next) =>
      html`<div class="next">${commandLine(nextCommand(lab.name, next))}<p>${prose(next.expect)}</p></div>`,
  );
  return html`<section class="card" id="next"><h2>To try next</h2>${each}</section>`;
}
