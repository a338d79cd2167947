// The page of an audit: verdict first, findings with their text, inert whatever the rollouts say.
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { Excerpt } from '../../src/audit/excerpts.ts';
import type { AuditDocument } from '../../src/documents/audit.ts';
import { auditHtml } from '../../src/report/auditHtml.ts';
import { auditTable } from '../../src/report/tables/auditTable.ts';
import { plainPalette } from '../../src/report/tables/palette.ts';
import { dangers, HOSTILE, tagsOf } from './markup.ts';

type Finding = AuditDocument['findings'][number];

function finding(severity: Finding['severity'], text = 'plain'): Finding {
  return {
    code: `code-${severity}`,
    severity,
    message: `message ${text}`,
    evidence: { effect: 0.25, name: text },
    threshold: 0.1,
    spans: [{ file: `${text}.jsonl`, line: 3, from: 1, to: 2 }],
    firstStep: 7,
    formula: 'w_t=A',
    advice: `advice ${text}`,
    source: 'trl#6121',
  };
}

function documentOf(text = 'plain'): AuditDocument {
  return {
    schema: 'gradsplit/audit@1',
    rollouts: {
      format: 'gradsplit/rollouts@1',
      files: [`${text}.jsonl`],
      lines: 12,
      skipped: 1,
      groups: 3,
      tokens: 400,
      steps: 2,
      unit: 'tokens',
      components: { file: 400 },
    },
    objective: { name: 'grpo', trainer: 'trl', options: { ddof: 1 }, from: 'user' },
    fit: [{ objective: 'grpo', options: {}, misfit: 0.01, equivalentTo: [text] }],
    shares: {
      from: 'loggedWeights',
      weight: { sample: 0.9, decision: 0.1 },
      mass: { sample: 0.2, decision: -0.05 },
      byTerm: { policy: 1, kl: 0 },
      byAttempt: [0.6, 0.4],
      byLength: [0.1, 0.2, 0.3, 0.4],
      byOutcome: { correct: 0.5, wrong: 0.5 },
      decisionOverSample: 0.5,
      halfOfWeight: 0.2,
      heaviest: [],
    },
    advantage: {
      byReward: { [text]: 0.8 },
      weights: { [text]: 1 },
      signFlips: { [text]: 0.1 },
      misfit: 0.05,
    },
    against: {
      objective: { name: 'dapo', options: {} },
      cosine: 0.9,
      signTurns: [{ file: `${text}.jsonl`, line: 2 }],
      signTurnCount: 1,
      shares: { sample: 0.8, decision: 0.2 },
      gained: [{ file: `${text}.jsonl`, line: 4, from: 2, to: 3, before: 0.01, after: 0.02 }],
      lost: [],
    },
    bySteps: { step: [1, 2], reward: [0.1, 0.2], length: [3, 4], mismatchMean: [null, null] },
    notChecked: [{ code: 'eos-untrained', reason: 'the input lacks token ids' }],
    findings: [finding('error', text), finding('warning', text), finding('info', text)],
  };
}

function excerptOf(text: string): Excerpt {
  return {
    file: `${text}.jsonl`,
    line: 3,
    start: 0,
    length: 3,
    tokens: ['ask', text, 'STOP'],
    roles: ['prompt', 'sample', 'decision'],
    weights: [0, 0.5, -0.25],
    reward: 1,
    advantage: 0.7,
    marks: [{ code: 'code-error', from: 1, to: 2 }],
  };
}

const page = auditHtml({ document: documentOf(), excerpts: [excerptOf('plain')], version: '9.9.9' });
const { document } = parseHTML(page);

test('the verdict leads, errors are open, the rest is folded', () => {
  expect(document.querySelector('h1')!.textContent).toBe('1 error, 1 warning, 1 info');
  const cards = [...document.querySelectorAll('details.finding')];
  expect(cards.map((card) => [card.querySelector('h2')!.textContent, card.hasAttribute('open')])).toEqual([
    ['code-error', true],
    ['code-warning', false],
    ['code-info', false],
  ]);
  expect(cards[0]!.textContent).toContain('It appears first at step 7.');
});

test('a finding shows its text, with roles, weights and the token it names', () => {
  const tokens = [...document.querySelectorAll('.finding.error .trajectory span')];
  expect(tokens.map((token) => token.textContent)).toEqual(['ask', 'plain', 'STOP']);
  expect(tokens.map((token) => token.getAttribute('class'))).toEqual([
    'prompt',
    'sample up named',
    'decision down',
  ]);
  expect(tokens.map((token) => token.getAttribute('style'))).toEqual(['--w:0', '--w:75', '--w:38']);
});

test('findings are filtered without a script, by switches that are labelled', () => {
  const switches = [...document.querySelectorAll('.filter label')].map((label) => label.textContent!.trim());
  expect(switches).toEqual(['all 3 findings', '1 error', '1 warning', '1 info']);
  for (const kind of ['error', 'warning', 'info']) {
    expect(document.getElementById(`only-${kind}`)).not.toBeNull();
    expect(page).toContain(`:root:has(#only-${kind}:checked) .finding:not(.${kind})`);
  }
});

test('every part that the contents name is there once', () => {
  const links = [...document.querySelectorAll('.contents a')].map((a) => a.getAttribute('href')!.slice(1));
  expect(links).toEqual([
    'findings',
    'shares',
    'advantage',
    'fit',
    'against',
    'course',
    'not-checked',
    'reading',
  ]);
  for (const id of links) expect(document.querySelectorAll(`[id="${id}"]`)).toHaveLength(1);
});

describe('whatever the rollouts say is text', () => {
  test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('%j', (_, text) => {
    const hostile = auditHtml({ document: documentOf(text), excerpts: [excerptOf(text)], version: '1' });
    expect(dangers(hostile)).toEqual([]);
    const count = (markup: string): number => tagsOf(markup).filter(({ name }) => name === 'span').length;
    expect(count(hostile)).toBe(count(page));
    const shown = auditTable(documentOf(text), plainPalette);
    // No control characters but the ends of lines.
    expect([...shown].filter((c) => c < ' ' && c !== '\n')).toEqual([]);
    expect(shown.split('\n').every((line) => line.length < 700)).toBe(true);
  });
});

test('tokens that gain under the other objective are named', () => {
  const rows = [...document.querySelectorAll('#against tbody tr')].map((row) => row.textContent);
  expect(rows).toEqual([expect.stringMatching(/plain\.jsonl:4 token 2.*0\.01.*0\.02/)]);
});

test('nothing found is said, and nothing else is made up', () => {
  const {
    findings: _,
    shares: __,
    fit: ___,
    advantage: ____,
    against: _____,
    bySteps: ______,
    objective: _______,
    ...bare
  } = documentOf();
  const quiet = auditHtml({
    document: { ...bare, findings: [], notChecked: [] },
    excerpts: [],
    version: '1',
  });
  expect(parseHTML(quiet).document.querySelector('h1')!.textContent).toBe('Nothing found');
  expect(dangers(quiet)).toEqual([]);
  expect(quiet).not.toContain('id="shares"');
  expect(auditTable({ ...bare, findings: [], notChecked: [] }, plainPalette)).toContain('nothing found');
});

test('same report, same bytes', () => {
  expect(auditHtml({ document: documentOf(), excerpts: [excerptOf('plain')], version: '9.9.9' })).toBe(page);
});
