// Where the gradient signal goes, as bars: by component, term, attempt, length and outcome.
import type { AuditDocument } from '../../documents/audit.ts';
import { number } from '../cells.ts';
import { formatShare } from '../format.ts';
import { type Html, html } from '../html.ts';
import { SOURCES } from '../tables/auditTable.ts';
import { fold } from './fold.ts';
import { type Row, shareBars } from './shareBars.ts';

type Shares = NonNullable<AuditDocument['shares']>;

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
<div class="share-grid">${shareBars('By component', Object.entries(weight), component)}
${shareBars('Σw by component: what is left after signs cancel', Object.entries(mass), component)}
${shareBars('By term of the loss', Object.entries(byTerm), plain)}
${
  byAttempt.length < 2
    ? undefined
    : shareBars(
        'By attempt',
        byAttempt.map((share, k): Row => [`attempt ${k + 1}`, share]),
        plain,
      )
}
${shareBars(
  'By length of the trajectory',
  byLength.map((share, k): Row => [quarters[k] ?? String(k), share]),
  plain,
)}
${shareBars('By outcome', Object.entries(byOutcome), plain)}</div>`,
  );
}
