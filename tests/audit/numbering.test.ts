// Names as numbers: the same ones whatever characters they have, and back.
import { expect, test } from 'vitest';
import { Numbering } from '../../src/audit/numbering.ts';

test('names have numbers in the order in which they appear, whatever their characters', () => {
  const odd = ['', '\0', 'a', 'ab', 'b', 'é', '�', '\ud800', '\udfff', '\ud83d\ude00', '0', '00', '\u0080'];
  const numbering = new Numbering();
  expect(odd.map((name) => numbering.of(name))).toEqual([...odd.keys()]);
  expect(odd.toReversed().map((name) => numbering.of(name))).toEqual([...odd.keys()].reverse());
  expect(numbering.names).toEqual(odd);
});

test('as many names as there are', () => {
  const names = Array.from({ length: 3000 }, (_, i) => `prompt-${(i * 7919) % 3000}`);
  const numbering = new Numbering();
  for (const [i, name] of names.entries()) expect(numbering.of(name)).toBe(i);
  for (const [i, name] of names.entries()) expect(numbering.of(name)).toBe(i);
  expect(numbering.size).toBe(3000);
});
