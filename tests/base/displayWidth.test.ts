// Columns of a terminal: what text takes, and that cut or wrapped text takes no more than it may.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, shorten, wrapped } from '../../src/base/displayWidth.ts';

test('colours and combining characters take no column, wide characters two', () => {
  expect(
    ['', 'abc', '\u001b[1mabc\u001b[22m', 'é', 'e\u0301', '日本', '‖∇E[R]‖ → β·½'].map(displayWidth),
  ).toEqual([...[0, 3, 3, 1, 1, 4, 13]]);
});

test('a text that is shortened keeps its beginning and more of its end', () => {
  expect(shorten('step 12 of 300, loss 0.123, about 4 min left', 24)).toBe('step 12…about 4 min left');
  expect(shorten('short', 5)).toBe('short');
  expect(['abc', '日本語'].map((text) => shorten(text, 2))).toEqual(['…c', '…']);
  expect(shorten('abc', 0)).toBe('');
});

test('whatever the text and the width, neither is wider; words are kept where they fit', () => {
  const words = fc.array(fc.stringMatching(/^(?:[a-zé日]|\u0301){1,12}$/u), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 30 }), (parts, width) => {
      const text = parts.join(' ');
      expect(displayWidth(shorten(text, width))).toBeLessThanOrEqual(width);
      const lines = wrapped(text, width);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      if (parts.every((part) => displayWidth(part) <= width)) expect(lines.join(' ')).toBe(text);
    }),
  );
});
