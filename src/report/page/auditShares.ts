// Where the gradient signal goes, as bars: by component, term, attempt, length and outcome.
import type { AuditDocument } from '../../documents/audit.ts';
import { cell, head, number } from '../cells.ts';
import { formatShare } from '../format.ts';
import { type Html, html } from '../html.ts';
import { SOURCES } from '../tables/auditTable.ts';
import { fold } from './fold.ts';

type Shares = NonNullable<AuditDocument['shares']>;

/** A row: its name, its share, and the class that gives a component its colour. */
type Row = readonly [name: string, share: number | null];

function bars(title: string, rows: readonly Row[], kind: (name: string) => string): Html | undefined {
  if (rows.length === 0) return undefined;
  const columns = head([
    ['', 'text'],
    ['share', 'num'],
    ['', 'text'],
  ]);
  const lines = rows.map(([name, share]) => {
    const width = share === null || !Number.isFinite(share) ? 0 : Math.max(0, Math.min(1, Math.abs(share)));
    return html`<tr role="row"><th role="rowheader" scope="row">${name}</th>${[
      cell('share', share === null ? '–' : formatShare(share, 1)),
      html`<td role="cell" class="bar"><b class="${kind(name)}" style="width:${(100 * width).toFixed(1)}%"></b></td>`,
    ]}</tr>`;
  });
  return html`<div><h3>${title}</h3><table role="table" class="shares numbers" aria-label="${title}">${columns}<tbody role="rowgroup">${lines}</tbody></table></div>`;
}

const plain = (): string => 'plain';
const component = (name: string): string => (name === 'sample' || name === 'decision' ? name : 'plain');

/** The card. */
export function sharesCard(shares: Shares): Html {
  const { from, weight, mass, byTerm, byAttempt, byLength, byOutcome, decisionOverSample, halfOfWeight } =
    shares;
  const quarters = ['shortest quarter', 'second quarter', 'third quarter', 'longest quarter'];
  const decided =
    decisionOverSample === null || !Number.isFinite(decisionOverSample)
      ? undefined
      : html`<p>A decision token weighs ${number(decisionOverSample, 3)} times a sample token, on average.</p>`;
  const half =
    halfOfWeight === null || !Number.isFinite(halfOfWeight)
      ? undefined
      : html`<p>Half of Σ|w| is on ${formatShare(halfOfWeight, 1)} of the tokens.</p>`;
  return fold(
    { id: 'shares', heading: 'Where the gradient signal goes', open: true },
    html`<p>The weights are ${SOURCES[from]}. w is what pushes the log-probability of a token up; shares are of Σ|w| unless said otherwise.</p>
${decided}${half}
<div class="share-grid">${bars('By component', Object.entries(weight), component)}
${bars('Σw by component: what is left after signs cancel', Object.entries(mass), component)}
${bars('By term of the loss', Object.entries(byTerm), plain)}
${
  byAttempt.length < 2
    ? undefined
    : bars(
        'By attempt',
        byAttempt.map((share, k): Row => [`attempt ${k + 1}`, share]),
        plain,
      )
}
${bars(
  'By length of the trajectory',
  byLength.map((share, k): Row => [quarters[k] ?? String(k), share]),
  plain,
)}
${bars('By outcome', Object.entries(byOutcome), plain)}</div>`,
  );
}
