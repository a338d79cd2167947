// The top of a page: the verdict, what it was reached on, and a row for every claim.

import type { VerifyResult } from '../../analyses/verify.ts';
import type { ClaimResult } from '../../claims/claim.ts';
import { countTrajectories } from '../../policy/shape.ts';
import { cell, head } from '../cells.ts';
import { count, formatSeconds } from '../format.ts';
import { type Html, html, type Piece, plainText, prose } from '../html.ts';
import { describeReward, describeShape } from '../policyFacts.ts';
import { tally, verdictSentence } from '../tally.ts';
import { claimTheory } from '../theory.ts';
import { badge } from './claimSection.ts';
import { CHECK_DECADES, CONTROL_DECADES, gauge } from './evidence.ts';
import { explanationId } from './explanation.ts';
import { factList } from './facts.ts';

/** `holds` or `fails` in a sentence, and what it stands on. */
export function banner(result: VerifyResult): Html {
  const failing = result.verdict === 'fails';
  const { checks, passed, controls, rejected } = tally(result.claims);
  return html`<header><p class="eyebrow">gradsplit verify</p>
<div class="banner${failing ? ' failing' : ''}"><h1><b>${failing ? '✗ fails' : '✓ holds'}</b> · ${verdictSentence(result.claims)}</h1>
<p>${passed} of ${count(checks, 'check')} within tolerance, ${rejected} of ${count(controls, 'control')} rejected.</p></div>
</header>`;
}

/** Characters of a policy's name: enough for any path. */
const LONGEST_SOURCE = 300;

/** What the verdict was reached on. */
export function facts({ options, kernels, version, claims }: VerifyResult): Html {
  const { policy, source, seed } = options;
  const seconds = claims.reduce((total, claim) => total + claim.seconds, 0);
  const rows: [string, string][] = [
    ['Policy', plainText(source, LONGEST_SOURCE)],
    ['Shape', describeShape(policy)],
    ['Trajectories', String(countTrajectories(policy.shape))],
    ['Reward', describeReward(policy)],
    ['Seed', String(seed)],
    ['Kernels', `${kernels.backend}, ${kernels.build}`],
    ['Version', `gradsplit ${version}`],
    ['Time', formatSeconds(seconds)],
  ];
  return factList(rows);
}

function summaryRow(result: ClaimResult, theory: string): Html {
  const { id, title } = result.claim;
  const { checks, passed, controls, rejected, worst, weakest } = tally([result]);
  const ratio = (value: number | undefined, show: (value: number) => Piece): Piece =>
    value === undefined ? '–' : show(value);
  const why =
    claimTheory(theory, id) === undefined
      ? undefined
      : html` <a class="reason" href="#${explanationId(id)}" aria-label="why ${id}">why</a>`;
  return html`<tr role="row"><td role="cell"><span class="name"><span class="id">${id}</span><span><a href="#${id}">${prose(title)}</a>${why}</span></span></td>${[
    cell('verdict', badge(result.verdict), 'text'),
    cell('checks', checks === 0 ? '–' : `${passed}/${checks}`),
    cell(
      'worst error ÷ tolerance',
      ratio(worst, (value) => gauge(value, CHECK_DECADES, passed === checks)),
    ),
    cell('controls', controls === 0 ? '–' : `${rejected}/${controls}`),
    cell(
      'weakest control',
      ratio(weakest, (value) => gauge(value, CONTROL_DECADES, rejected === controls)),
    ),
    cell('time', formatSeconds(result.seconds)),
  ]}</tr>`;
}

/** A row for every claim, linked to its section and, where there is one, to what docs/theory.md says of it. */
export function summary(claims: readonly ClaimResult[], theory = ''): Html {
  const columns = head([
    ['Claim', 'text'],
    ['verdict', 'text'],
    ['checks', 'num'],
    ['worst error ÷ tolerance', 'num'],
    ['controls', 'num'],
    ['weakest control', 'num'],
    ['time', 'num'],
  ]);
  return html`<div class="card summary" id="summary"><table role="table" aria-label="Verdict of every claim">${columns}<tbody role="rowgroup">${claims.map((claim) => summaryRow(claim, theory))}</tbody></table></div>`;
}
