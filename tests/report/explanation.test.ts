// What claims say and why, on the page of `verify`: the sections of docs/theory.md, whole, folded, and linked.
import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { claims } from '../../src/claims/index.ts';
import { claimTheory, termsTheory } from '../../src/report/theory.ts';
import { verifyHtml } from '../../src/report/verifyHtml.ts';
import { ROOT } from '../structure/files.ts';
import { failing, holding } from './fixtures.ts';
import { attributeValues, dangers, HOSTILE, tagsOf } from './markup.ts';

const theory = readFileSync(`${ROOT}docs/theory.md`, 'utf8');
const proofs = readFileSync(`${ROOT}docs/proofs.md`, 'utf8');
const markup = verifyHtml(holding(), { theory, proofs });
const { document } = parseHTML(markup);
/** All that a text says, with marks or without. */
const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

test('every claim has its section, word for word', () => {
  for (const { id } of claims) {
    const why = document.querySelector(`details.claim#${id} > details.why#${id}-why`);
    const section = claimTheory(theory, id)!;
    const body = section.slice(section.indexOf('\n'));
    const shown = [...why.children]
      .filter((node) => !node.matches('summary, .note, .command'))
      .map((node) => node.textContent);
    expect(lettersOf(shown.join(''))).toBe(lettersOf(body));
    expect(why.querySelector('pre.command code').textContent).toBe(`gradsplit help ${id}`);
  }
});

test('what a proof for all policies is stands in a card that the contents link to', () => {
  const card = document.getElementById('proofs').textContent;
  expect(card).toContain('gradsplit prove');
  expect(card).toContain('MvPolynomial.schwartz_zippel_sum_degreeOf');
  expect(attributeValues(tagsOf(markup), 'href')).toContain('#proofs');
});

test('the terms are there, each link has a target, and the page is as inert as without', () => {
  expect(lettersOf(document.getElementById('terms').textContent)).toContain(lettersOf(termsTheory(theory)));
  expect(document.getElementById('terms').textContent).toContain('The padding construction');
  const tags = tagsOf(markup);
  const ids = attributeValues(tags, 'id');
  expect(new Set(ids).size).toBe(ids.length);
  const links = attributeValues(tags, 'href').filter((href) => href.startsWith('#'));
  for (const link of links) expect(ids).toContain(link.slice(1));
  for (const { id } of claims) expect(links).toContain(`#${id}-why`);
  expect(dangers(markup)).toEqual([]);
});

test('formulas keep their lines and indices, tables their rows, quotations are such', () => {
  const c4 = document.getElementById('C4-why');
  expect([...c4.querySelectorAll('.lines > div')]).toHaveLength(3);
  expect(c4.querySelector('.lines').textContent).toContain('(L−1)²c²\u00a0\u00a0');
  expect(c4.querySelector('sub').textContent).toBe('D');
  expect(document.querySelectorAll('#C8-why tbody tr')).toHaveLength(5);
  expect(document.querySelectorAll('#C8-why tbody tr:first-child td')).toHaveLength(3);
  expect(document.querySelectorAll('#C7-why blockquote')).toHaveLength(1);
  expect(document.querySelectorAll('#C5b-why li').length).toBeGreaterThanOrEqual(6);
});

test('explanations are closed, also of a claim that fails', () => {
  const failed = parseHTML(verifyHtml(failing(), { theory })).document;
  const open = [...failed.querySelectorAll('details.why')].filter((fold) => fold.hasAttribute('open'));
  expect(open).toEqual([]);
  expect(failed.querySelector('#C3')!.hasAttribute('open')).toBe(true);
  expect(document.querySelectorAll('details[open]')).toHaveLength(0);
});

test('a claim that the documentation does not have has no explanation', () => {
  expect(['C10', 'What', 'A', '', 'C', '.*'].map((id) => claimTheory(theory, id))).toEqual(
    Array.from({ length: 6 }),
  );
});

test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('a page with %j in it is text', (_, text) => {
  const with_ = (inside: string): string =>
    verifyHtml(holding(), {
      theory: `## C1 ${inside}\n\nfirst ${inside}\n\n - ${inside}\n\n| a |\n|---|\n| ${inside} |`,
    });
  expect(dangers(with_(text))).toEqual([]);
});
