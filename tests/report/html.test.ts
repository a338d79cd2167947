// Escaping: whatever is put into a template comes out as text.
import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { escapeText, Html, html, plainText, prose } from '../../src/report/html.ts';
import { dangers, HOSTILE, tagsOf } from './markup.ts';

test('text in a template comes back as text, in elements and in attributes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const { markup } = html`<p title="${text}">${text}</p>`;
      const { document } = parseHTML(`<!doctype html><body>${markup}</body>`);
      const p = document.querySelector('p');
      expect(p.textContent).toBe(plainText(text));
      expect(p.getAttribute('title')).toBe(plainText(text));
      expect(tagsOf(markup)).toHaveLength(1);
    }),
    { numRuns: 100 },
  );
});

test('hostile strings make no tags and leave no control characters', () => {
  for (const text of HOSTILE) {
    const { markup } = html`<p title="${text}">${text}</p>`;
    expect(tagsOf(markup).map((tag) => tag.name)).toEqual(['p']);
    expect(dangers(markup)).toEqual([]);
    expect(markup).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    expect(markup.length).toBeLessThan(60_000);
  }
});

test('the checker sees what is not escaped', () => {
  const raw = (text: string): string => html`<p>${new Html(text)}</p>`.markup;
  expect(dangers(raw('<script>alert(1)</script>'))).toEqual(['<script>']);
  expect(dangers(raw('<i onclick="x"></i>'))).toEqual(['i onclick']);
  expect(dangers(raw('<a href="https://example.org">x</a>'))).not.toEqual([]);
  expect(() => tagsOf('<p><b></p>')).toThrow('closes');
  expect(() => tagsOf('<p>')).toThrow('left open');
  expect(() => tagsOf('<p>a & b</p>')).toThrow('ampersand');
  expect(() => tagsOf('<p title=x>')).toThrow('malformed');
});

test('pieces: numbers, markup, lists and nothing', () => {
  expect(html`<i>${1}${undefined}${[html`<b>${'<'}</b>`, 'x', [2]]}</i>`.markup).toBe(
    '<i>1<b>&lt;</b>x2</i>',
  );
});

test('white space runs together, other control characters are shown', () => {
  expect(plainText('a\n\t b\u0000')).toBe('a b\\u0000');
  expect(escapeText(`"'<>&`)).toBe('&quot;&#39;&lt;&gt;&amp;');
});

test('indices are set below the line, other underscores are not', () => {
  expect(prose('g_sample and π_ref, KL_d').markup).toBe(
    'g<sub>sample</sub> and π<sub>ref</sub>, KL<sub>d</sub>',
  );
  expect(prose('snake_case_name a_b_c __proto__ x_ _y').markup).toBe('snake_case_name a_b_c __proto__ x_ _y');
  expect(prose('w_t<b>').markup).toBe('w<sub>t</sub>&lt;b&gt;');
});
