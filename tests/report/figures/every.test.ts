// Pictures of every kind: stand-alone, deterministic, named, themed, and safe with any text.
import { DOMParser } from 'linkedom';
import { expect, test } from 'vitest';
import { figureHtml, type Picture } from '../../../src/report/figures/index.ts';
import { attributeValues, dangers, HOSTILE, tagsOf } from '../markup.ts';
import { budget, lines, map, tree } from '../sampleFigures.ts';
import { drawn } from './drawn.ts';

const all: [string, Picture][] = [lines, map, budget, tree].map((figure) => [figure.kind, figure]);

test.each(all)('%s: a stand-alone, deterministic picture that says what it is', (_, figure) => {
  const { svg, notes } = drawn(figure);
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  expect(root.getAttribute('aria-label')).toBe(figure.title);
  expect(root.querySelector('title').textContent).toBe(figure.title);
  expect(notes).toBe('');
  expect(svg).toContain('prefers-color-scheme:dark');
  // Colours come from variables, so that dark paper changes all of them.
  const fills = attributeValues(tagsOf(svg), 'fill').concat(attributeValues(tagsOf(svg), 'stroke'));
  for (const fill of fills) expect(fill).toMatch(/^(var\(--gs-[\w-]+\)|none|currentColor)$/);
});

test.each(all)('%s: on a page with a caption, next to itself', (_, figure) => {
  const { markup } = figureHtml({ ...figure, caption: 'What is seen.' });
  expect(dangers(`<div>${markup}${markup}</div>`)).toEqual([]);
  expect(markup).toContain(`<figcaption><strong>`);
  expect(markup).toContain('What is seen.</figcaption>');
});

test.each(all)('%s: hostile titles, captions and labels', (_, figure) => {
  for (const text of HOSTILE) {
    const hostile = JSON.parse(
      JSON.stringify(figure, (key, value) =>
        ['title', 'caption', 'xLabel', 'yLabel', 'unit', 'label', 'name', 'note', 'action'].includes(key)
          ? text
          : value,
      ),
    ) as Picture;
    const { svg } = drawn(hostile);
    expect(svg.length).toBeLessThan(80_000);
    expect(svg).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\u2028\u202e]/u);
    expect(dangers(figureHtml(hostile).markup)).toEqual([]);
  }
});
