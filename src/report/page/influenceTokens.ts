// Trajectories as text: each token in the look of its component, on a ground that says how much the step moves it.
import type { AttributionDocument } from '../../documents/attribution.ts';
import { formatNumber, typesetNumber } from '../format.ts';
import { type Html, html, plainText } from '../html.ts';

/** Characters of a token, and of a place, that are shown. */
const LONGEST_TOKEN = 60;
const LONGEST_PLACE = 300;

/** The strongest ground, in per cent of the colour. */
const STRONGEST = 75;

/** Components that have a look of their own; others look like prompts. */
const LOOKS = new Set(['sample', 'decision', 'tool']);

/** Trajectories that are shown: those with the largest gradients, and those that pull hardest against the batch. */
const LARGEST = 8;
const OPPOSED = 4;

/** ⟨u_t, g⟩ on all parameters. */
function influenceOf({ tokens: { influence } }: AttributionDocument, t: number): number {
  return influence.reduce((sum, own) => sum + own[t]!, 0);
}

function shownTrajectories({ trajectories: { norm, alignment } }: AttributionDocument): number[] {
  const largest = [...norm.keys()].sort((a, b) => norm[b]! - norm[a]!).slice(0, LARGEST);
  const opposed = [...alignment.keys()]
    .filter((i) => alignment[i]! < 0)
    .sort((a, b) => alignment[a]! - alignment[b]!)
    .slice(0, OPPOSED);
  return [...new Set([...largest, ...opposed])];
}

function tokenHtml(document: AttributionDocument, t: number, largest: number): Html {
  const { token, component, weight, position } = document.tokens;
  const x = influenceOf(document, t);
  const share = largest > 0 ? Math.abs(x) / largest : 0;
  const look = LOOKS.has(component[t]!) ? component[t]! : 'prompt';
  const sign = x > 0 ? ' up' : x < 0 ? ' down' : '';
  const title = `token ${position[t]}, ${component[t]}, w ${formatNumber(weight[t]!, 3)}, influence ${formatNumber(x, 3)}`;
  return html`<span class="${look}${sign}" style="--w:${(STRONGEST * share).toFixed(0)}" title="${title}">${plainText(token[t]!, LONGEST_TOKEN)}</span>`;
}

/** The trajectories that say most, each with its norm and its alignment. */
export function influenceTokens(document: AttributionDocument): Html | undefined {
  const { tokens, trajectories } = document;
  if (tokens.influence.length === 0) return undefined;
  const largest = tokens.weight.reduce((most, _, t) => Math.max(most, Math.abs(influenceOf(document, t))), 0);
  return html`${shownTrajectories(document).map((i) => {
    const own = [...tokens.trajectory.keys()].filter((t) => tokens.trajectory[t] === i);
    const facts = [
      `reward ${typesetNumber(trajectories.reward[i]!, 4)}`,
      `‖g‖ ${typesetNumber(trajectories.norm[i]!, 4)}`,
      `⟨g_i, g⟩ ${typesetNumber(trajectories.alignment[i]!, 4)}`,
    ];
    return html`<p class="trajectory-head">${plainText(trajectories.place[i]!, LONGEST_PLACE)} · ${facts.join(' · ')}</p>
<div class="trajectory" tabindex="0" role="group" aria-label="trajectory ${i}">${own.map((t) => tokenHtml(document, t, largest))}</div>`;
  })}`;
}
