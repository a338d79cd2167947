// Draws a picture for a test, and checks what has to be true of every picture.
import { expect } from 'vitest';
import { drawFigure, type Picture } from '../../../src/report/figures/index.ts';
import { attributeValues, dangers, tagsOf } from '../markup.ts';

/** Draws, and checks what has to be true of every picture. */
export function drawn(figure: Picture): { svg: string; text: string; notes: string } {
  const { svg, notes } = drawFigure(figure);
  const tags = tagsOf(svg);
  expect(dangers(svg)).toEqual([]);
  expect(tags[0]!.name).toBe('svg');
  expect(tags[0]!.attributes.get('xmlns')).toBe('http://www.w3.org/2000/svg');
  expect(tags[0]!.attributes.get('role')).toBe('img');
  expect(tags[1]!.name).toBe('title');
  expect(attributeValues(tags, 'id')).toEqual([]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  expect(drawFigure(figure).svg).toBe(svg);
  return {
    svg,
    text: svg.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' '),
    notes: notes.join(' '),
  };
}
