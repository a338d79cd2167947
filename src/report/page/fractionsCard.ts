// The card of `exact --exact` in a report: every number that is a fraction, as one; a long one folds behind its decimal and its digits.
import { type Fraction, showFraction } from '../../algebra/fraction.ts';
import { type ExactFractions, type ExactGradient, FLOAT_QUANTITIES } from '../../analyses/exactFractions.ts';
import { decisionKeys, type PolicyShape, sampleKeys } from '../../policy/shape.ts';
import { fractionWords } from '../fractionWords.ts';
import { type Html, html } from '../html.ts';
import { fold } from './fold.ts';

/** Rows of a gradient, and characters of a fraction, that a page has; the document has all. */
const MOST_ROWS = 200;
const MOST_CHARACTERS = 2000;

function fractionHtml(value: Fraction): Html {
  const { text, isWhole } = fractionWords(value);
  if (isWhole) return html`<code>${text}</code>`;
  const whole = showFraction(value);
  const body = whole.length <= MOST_CHARACTERS ? whole : 'too long for a page; --json has it';
  return html`<details><summary>${text}</summary><code>${body}</code></details>`;
}

function rowsHtml(values: readonly Fraction[], width: number, keys: Iterable<string>): Html[] {
  const rows: Html[] = [];
  for (const key of keys) {
    const at = rows.length * width;
    if (rows.length === MOST_ROWS) {
      const more = values.length / width - MOST_ROWS;
      rows.push(html`<tr><td colspan="${width + 1}">and ${more} more rows, which --json has</td></tr>`);
      break;
    }
    const cells = values.slice(at, at + width).map((value) => html`<td>${fractionHtml(value)}</td>`);
    rows.push(html`<tr><td><code>${JSON.stringify(key)}</code></td>${cells}</tr>`);
  }
  return rows;
}

function gradientHtml(
  name: string,
  { attempts, length, vocabulary }: PolicyShape,
  { sample, decision }: ExactGradient,
): Html {
  const shape = { attempts, length, vocabulary };
  const headings = (actions: readonly string[]): Html =>
    html`<thead><tr><th>history</th>${actions.map((action) => html`<th>${action}</th>`)}</tr></thead>`;
  const tokens = Array.from({ length: vocabulary }, (_, v) => String(v));
  const decisions =
    decision.length === 0
      ? undefined
      : html`<h4>${name}, decisions</h4>
<table>${headings(['STOP', 'RESAMPLE'])}<tbody>${rowsHtml(decision, 2, decisionKeys(shape))}</tbody></table>`;
  return html`<h4>${name}, sample tokens</h4>
<table>${headings(tokens)}<tbody>${rowsHtml(sample, vocabulary, sampleKeys(shape))}</tbody></table>
${decisions}`;
}

/** The card. */
export function fractionsCard(
  shape: PolicyShape,
  { expectedAttempts, reward, forwardKl }: ExactFractions,
): Html {
  const values: readonly (readonly [name: string, value: Fraction])[] = [
    ['E[attempts]', expectedAttempts],
    ['E[R]', reward.mean],
    ['Var(R)', reward.variance],
    ['V_sample', reward.varianceSample],
    ['V_decision', reward.varianceDecision],
  ];
  const body = html`<p>What is a fraction, as one: nothing is rounded. Long ones open by a click. ${FLOAT_QUANTITIES.join(', ')} have logarithms or roots in them, and are in double precision only.</p>
<table><thead><tr><th>number</th><th>fraction</th></tr></thead><tbody>${values.map(
    ([name, value]) => html`<tr><td>${name}</td><td>${fractionHtml(value)}</td></tr>`,
  )}</tbody></table>
${gradientHtml('∇E[R]', shape, reward.gradient)}
${gradientHtml('∇KL(π_ref‖π)', shape, forwardKl.gradient)}`;
  return fold({ id: 'fractions', heading: 'In fractions', open: false }, body);
}
