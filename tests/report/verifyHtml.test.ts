// The page of `verify`: structure, numbers, hostile text, determinism.
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { VerifyResult } from '../../src/analyses/verify.ts';
import type { ClaimResult } from '../../src/claims/claim.ts';
import { plainText } from '../../src/report/html.ts';
import { verifyHtml } from '../../src/report/verifyHtml.ts';
import { failing, holding } from './fixtures.ts';
import { attributeValues, dangers, HOSTILE, tagsOf } from './markup.ts';

const page = (result: VerifyResult): ReturnType<typeof parseHTML>['document'] =>
  parseHTML(verifyHtml(result)).document;
const textOf = (node: { textContent: string }): string => node.textContent.replace(/\s+/g, ' ').trim();

test('the page is balanced markup, inert but for its script, and loads nothing', () => {
  for (const result of [holding(), failing()]) {
    const markup = verifyHtml(result, { mathFont: 'd09GMg==' });
    expect(dangers(markup)).toEqual([]);
    expect(markup.includes('url(data:font/woff2;base64,d09GMg==)')).toBe(true);
    const policy = parseHTML(markup).document.querySelector('meta[http-equiv]').getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/; script-src '(sha256-[\w+/]+=)'$/);
  }
});

test('ids are unique and every link on the page has a target', () => {
  const tags = tagsOf(verifyHtml(holding()));
  const ids = attributeValues(tags, 'id');
  expect(new Set(ids).size).toBe(ids.length);
  const links = attributeValues(tags, 'href').filter((href) => href.startsWith('#'));
  expect(links.length).toBeGreaterThanOrEqual(20);
  for (const link of links) expect(ids).toContain(link.slice(1));
});

test('the verdict comes first', () => {
  const good = page(holding());
  expect(textOf(good.querySelector('main > header:first-of-type h1'))).toBe('✓ holds · All 10 claims hold');
  expect(textOf(good.querySelector('main > header'))).toContain(
    '80 of 80 checks within tolerance, 30 of 30 controls',
  );
  const bad = page(failing());
  expect(textOf(bad.querySelector('main > header:first-of-type h1'))).toBe(
    '✗ fails · 2 of 9 claims fail, 1 not applicable',
  );
  expect(bad.querySelector('title').textContent).toMatch(/^fails/);
});

test('a summary row for every claim leads to its section', () => {
  const document = page(failing());
  const rows = [...document.querySelectorAll('#summary tbody tr')];
  expect(rows).toHaveLength(10);
  const verdicts = rows.map((row) => textOf(row.querySelector('.verdict')));
  expect(verdicts.filter((verdict) => verdict === '✗ fails')).toHaveLength(2);
  expect(verdicts.filter((verdict) => verdict === 'not applicable')).toHaveLength(1);
  for (const row of rows) {
    const target = row.querySelector('a').getAttribute('href').slice(1);
    expect(textOf(document.getElementById(target).querySelector('h2'))).toContain(target);
  }
});

test('facts: policy, shape, seed, kernels, version', () => {
  const facts = textOf(page(holding()).querySelector('.facts'));
  for (const fact of [
    'random (attempts 2, length 2, vocabulary 2, seed 1)',
    'at most 2 attempts of 2 tokens from a vocabulary of 2',
    'Trajectories20',
    '1 if the last attempt is 0,1, less 0.05 for every further attempt',
    'Seed1',
    'wasm, plain',
    'gradsplit 0.1.0',
  ]) {
    expect(facts).toContain(fact);
  }
});

test('a section shows statement, formulas, assumptions, figures and every number of checks and controls', () => {
  const result = holding();
  const document = page(result);
  for (const { claim, checks, controls, figures } of result.claims) {
    const section = document.getElementById(claim.id);
    expect(textOf(section)).toContain(plainText(claim.assumptions[0]!));
    expect(section.querySelectorAll('math').length).toBeGreaterThanOrEqual(claim.formulas.length);
    expect(section.querySelectorAll('.formula code')).toHaveLength(0);
    expect(section.querySelectorAll('figure')).toHaveLength(figures.length);
    const [checkTable, controlTable] = section.querySelectorAll('table.evidence');
    expect(checkTable.querySelectorAll('tbody tr')).toHaveLength(checks.length);
    expect(controlTable.querySelectorAll('tbody tr')).toHaveLength(controls.length);
    const values = [...checkTable.querySelectorAll('data')].map((d) => Number(d.getAttribute('value')));
    for (const { measured, expected, error, tolerance } of checks) {
      for (const number of [measured, expected, error, tolerance]) expect(values).toContain(number);
    }
    expect(textOf(checkTable)).toContain(checks[0]!.bound);
    expect(textOf(controlTable)).toContain(controls[2]!.statement);
    expect(textOf(controlTable)).toContain('companion');
  }
});

test('a claim that fails is open, others are closed, and the contents name all of them with their verdicts', () => {
  const document = page(failing());
  const open = [...document.querySelectorAll('details.claim')].filter((card) => card.hasAttribute('open'));
  expect(open.map((card) => card.getAttribute('id'))).toEqual(['C3', 'C8']);
  const links = [...document.querySelectorAll('nav.contents a')].map(
    (a) => `${a.getAttribute('href')} ${a.querySelector('.sign')?.getAttribute('aria-label') ?? ''}`,
  );
  expect(links).toHaveLength(12);
  expect(links).toContain('#C3 fails');
  expect(links).toContain('#C4 holds');
  expect(links).toContain('#C7 not applicable');
  expect(page(holding()).querySelectorAll('details[open]')).toHaveLength(0);
});

test('what fails is marked: a check, a control, and the reason of a claim without a subject', () => {
  const document = page(failing());
  expect(document.querySelectorAll('#C3 tr.bad')).toHaveLength(1);
  expect(textOf(document.querySelector('#C3 tr.bad'))).toContain('✗ fails');
  expect(textOf(document.querySelector('#C8 tr.bad'))).toContain('✗ accepted');
  expect(textOf(document.getElementById('C7'))).toContain('Not applicable: the policy has one attempt');
  expect(document.querySelectorAll('#C7 table')).toHaveLength(0);
  expect(page(holding()).querySelectorAll('tr.bad, .bad')).toHaveLength(0);
});

test('bars: full at NaN and beyond the scale, empty at no error', () => {
  const result = holding();
  const [first] = result.claims;
  const widths = (error: number): string => {
    const checks = [{ ...first!.checks[0]!, error, tolerance: 1, holds: error <= 1 }];
    const document = page({ ...result, claims: [{ ...first!, checks, controls: [] }] });
    return document.querySelector('#C1 .gauge i').getAttribute('style');
  };
  expect(widths(0)).toBe('width:0.0%');
  expect(widths(Number.NaN)).toBe('width:100.0%');
  expect(widths(1e9)).toBe('width:100.0%');
  // The scale has nine decades, from 10⁻⁸ to 10.
  expect(widths(1e-4)).toBe(`width:${((100 * 4) / 9).toFixed(1)}%`);
});

/** The result with `text` in every place that a file or a user could reach, and in the texts of claims too. */
function withText(text: string): VerifyResult {
  const result = failing();
  const claims = result.claims.map(
    (claim): ClaimResult => ({
      ...claim,
      ...(claim.verdict === 'notApplicable' ? { reason: text } : {}),
      claim: { ...claim.claim, title: text, statement: text, assumptions: [text] },
      checks: claim.checks.map((check) => ({ ...check, name: text, bound: text })),
      controls: claim.controls.map((control) => ({ ...control, name: text, statement: text })),
      figures: [],
    }),
  );
  return {
    ...result,
    version: text,
    kernels: { backend: text, build: text },
    options: { ...result.options, source: text },
    claims,
  };
}

test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('hostile text %j changes no tag', (_, text) => {
  const markup = verifyHtml(withText(text));
  expect(dangers(markup)).toEqual([]);
  const tags = (m: string): string[] => tagsOf(m).map((tag) => `${tag.name} ${[...tag.attributes.keys()]}`);
  expect(tags(markup)).toEqual(tags(verifyHtml(withText('harmless'))));
  expect(/[^\P{Cc}\n]|[\p{Cs}\u2028\u202e]/u.test(markup)).toBe(false);
  expect(parseHTML(markup).document.querySelector('.facts dd').textContent).toBe(
    plainText(plainText(text, 300)),
  );
});

test('a formula that is no TeX is shown as it is, escaped', () => {
  const result = holding();
  const [first] = result.claims;
  const claim = { ...first!.claim, formulas: ['\\frac{<script>'] };
  const markup = verifyHtml({ ...result, claims: [{ ...first!, claim }] });
  expect(dangers(markup)).toEqual([]);
  expect(markup.includes('<code>\\frac{&lt;script&gt;</code>')).toBe(true);
});

test('a font that is not base64 is left out', () => {
  expect(verifyHtml(holding(), { mathFont: 'x") }</style><script>' }) === verifyHtml(holding())).toBe(true);
});

test('no claims at all', () => {
  const markup = verifyHtml({ ...holding(), claims: [] });
  expect(dangers(markup)).toEqual([]);
  expect(markup.includes('No claim applies')).toBe(true);
});

test('same result, same bytes', () => {
  const [first, second, other] = [failing(), failing(), holding()].map((result) => verifyHtml(result));
  expect(first === second).toBe(true);
  expect(first === other).toBe(false);
});
