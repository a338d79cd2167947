// Pages of the documentation on a terminal.
import { expect, test } from 'vitest';
import { markdownText, plainPalette, sectionOf } from '../../src/report/tables.ts';

const at = (markdown: string, width = 40): string => markdownText(markdown, { ...plainPalette, width });

test('marks of Markdown go, what they say stays', () => {
  const page =
    '# A **page**\nOne `x|y` and a [link](there.md)\nthat goes on.\n\n![picture](a.svg)\n\n```js\na = **b**;\n\nc\n```';
  expect(at(page)).toBe('A page\nOne x|y and a link that goes on.\n\n    a = **b**;\n\n    c');
});

test('lists are wrapped under their text', () => {
  expect(at('Some:\n - one two three four\n   five six\n - seven\n\n10. ten', 22)).toBe(
    'Some:\n - one two three four\n   five six\n - seven\n\n10. ten',
  );
  expect(at(' - one two three four five', 20)).toBe(' - one two three\n   four five');
});

test('tables are tables where they fit, and records where many columns do not', () => {
  const table = '| name | a | b | c |\n|---|---|---|---|\n| `x` | 1 \\| 2 | some words | more |';
  expect(at(table)).toBe('name  a      b           c\nx     1 | 2  some words  more');
  expect(at(table, 20)).toBe('x\n  a: 1 | 2\n  b: some words\n  c: more');
});

test('emphasis and quotations; stars that are none stay', () => {
  expect(at('*Control*: the *same* π* and J(π*) of **all**, `a*b*c`.')).toBe(
    'Control: the same π* and J(π*) of all,\na*b*c.',
  );
  expect(at('> One two\n> three.\n\nFour.')).toBe('  One two three.\n\nFour.');
});

test('a section ends before the next heading of its level', () => {
  const page = '# A\n\n## B\n\nb\n\n### C\n\nc\n\n## D\n\nd';
  expect(sectionOf(page, 'B')).toBe('## B\n\nb\n\n### C\n\nc\n');
  expect(sectionOf(page, 'D')).toBe('## D\n\nd');
  expect(sectionOf(page, 'E')).toBeUndefined();
});
