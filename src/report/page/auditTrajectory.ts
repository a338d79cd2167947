// A trajectory as text: each token in the look of its role, on a ground that says how large its weight is and which way it pushes.
import type { Excerpt } from '../../audit/excerpts.ts';
import { formatNumber, typesetNumber } from '../format.ts';
import { type Html, html, plainText } from '../html.ts';

/** Characters of a token that are shown. */
const LONGEST_TOKEN = 60;

/** The strongest ground, in per cent of the colour. */
const STRONGEST = 75;

function tokenHtml({ tokens, roles, weights, start, marks }: Excerpt, k: number, largest: number): Html {
  const t = start + k;
  const w = weights?.[k] ?? 0;
  const share = largest > 0 && Number.isFinite(w) ? Math.abs(w) / largest : 0;
  const sign = w > 0 ? ' up' : w < 0 ? ' down' : '';
  const named = marks.some(({ from, to }) => from <= t && t < to && to - from < tokens.length)
    ? ' named'
    : '';
  const weight = weights === undefined ? '' : `, w ${formatNumber(w, 3)}`;
  const title = `token ${t}, ${roles[k]}${weight}`;
  return html`<span class="${roles[k]!}${sign}${named}" style="--w:${(STRONGEST * share).toFixed(0)}" title="${title}">${plainText(tokens[k]!, LONGEST_TOKEN)}</span>`;
}

/** The head and the text of an excerpt. */
export function trajectoryHtml(excerpt: Excerpt): Html {
  const { file, line, start, length, tokens, weights, reward, advantage, marks } = excerpt;
  const largest = (weights ?? []).reduce(
    (most, w) => (Number.isFinite(w) ? Math.max(most, Math.abs(w)) : most),
    0,
  );
  const part =
    tokens.length === length
      ? `${length} tokens`
      : `tokens ${start} to ${start + tokens.length - 1} of ${length}`;
  const facts = [
    part,
    ...(reward === undefined ? [] : [`reward ${typesetNumber(reward, 4)}`]),
    ...(advantage === undefined ? [] : [`advantage ${typesetNumber(advantage, 4)}`]),
    ...marks.map(({ code, from, to }) =>
      to - from >= length ? code : `${code} at ${from}–${Math.max(from, to - 1)}`,
    ),
  ];
  return html`<p class="trajectory-head">${plainText(file, 300)}:${line} · ${facts.join(' · ')}</p>
<div class="trajectory" tabindex="0" role="group" aria-label="trajectory of line ${line}">${tokens.map((_, k) => tokenHtml(excerpt, k, largest))}</div>`;
}
