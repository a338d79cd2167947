// The findings of an audit: a card each, with the numbers, the formula, what to do, and the text that it rests on.
import type { Excerpt } from '../../audit/excerpts.ts';
import type { AuditDocument } from '../../documents/audit.ts';
import { cell, head, number } from '../cells.ts';
import { count } from '../format.ts';
import { type Html, html, plainText, prose } from '../html.ts';
import { trajectoryHtml } from './auditTrajectory.ts';
import { fold } from './fold.ts';
import { formula } from './math.ts';

type Finding = AuditDocument['findings'][number];

/** Places that are listed, and texts that are shown, of each finding. */
const PLACES = 12;
const TEXTS = 3;

function evidenceTable({ evidence, threshold }: Finding): Html {
  const rows = [...Object.entries(evidence), ['threshold', threshold] as const].map(([name, value]) => {
    const shown =
      typeof value === 'number' ? number(value) : value === null ? '–' : plainText(String(value), 200);
    return html`<tr role="row"><th role="rowheader" scope="row">${name}</th>${cell('value', shown)}</tr>`;
  });
  const columns = head([
    ['', 'text'],
    ['value', 'num'],
  ]);
  return html`<table role="table" class="numbers" aria-label="Evidence">${columns}<tbody role="rowgroup">${rows}</tbody></table>`;
}

function places({ spans }: Finding): Html {
  const named = spans
    .slice(0, PLACES)
    .map(
      ({ file, line, from, to }) =>
        `${plainText(file, 200)}:${line} tokens ${from}–${Math.max(from, to - 1)}`,
    );
  const rest = spans.length > PLACES ? ` and ${spans.length - PLACES} more` : '';
  return html`<p class="small">${named.join(', ')}${rest}</p>`;
}

/** Whether the excerpt shows a place of the finding. */
function shows({ file, line }: Excerpt, { spans }: Finding): boolean {
  return spans.some((span) => span.file === file && span.line === line);
}

function findingCard(finding: Finding, index: number, texts: readonly Excerpt[]): Html {
  const { code, severity, message, advice, source, firstStep } = finding;
  const shown = texts.filter((excerpt) => shows(excerpt, finding)).slice(0, TEXTS);
  return fold(
    {
      id: `finding-${index + 1}`,
      heading: html`<code>${code}</code>`,
      mark: html`<span class="severity ${severity}">${severity}</span>`,
      open: severity === 'error',
      kind: `finding ${severity}`,
    },
    html`<p class="statement">${prose(message)}</p>
<p>${prose(advice)}</p>
${formula(finding.formula)}
${firstStep === undefined ? undefined : html`<p>It appears first at step ${firstStep}.</p>`}
${evidenceTable(finding)}
<p class="soft">Source: ${source}</p>
${places(finding)}
${shown.map(trajectoryHtml)}`,
  );
}

/** A switch between severities that works by style alone. */
function filter(findings: readonly Finding[]): Html {
  const kinds = ['error', 'warning', 'info'] as const;
  const options = kinds.map((kind) => {
    const n = findings.filter(({ severity }) => severity === kind).length;
    return html`<label><input type="radio" name="severity" id="only-${kind}"> ${count(n, kind)}</label>`;
  });
  return html`<fieldset class="filter"><legend>Show</legend><label><input type="radio" name="severity" id="only-all" checked=""> all ${count(findings.length, 'finding')}</label>${options}</fieldset>`;
}

/** All findings, with a filter; one sentence where there are none. */
export function findingCards(findings: readonly Finding[], texts: readonly Excerpt[]): Html {
  if (findings.length === 0) return html`<p>Nothing was found.</p>`;
  return html`${filter(findings)}${findings.map((finding, i) => findingCard(finding, i, texts))}`;
}
