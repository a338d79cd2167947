// Draws a picture for a test, and checks what has to be true of every picture.
import { expect } from 'vitest';
import { type Drawing, drawFigure, type Picture } from '../../../src/report/figures/index.ts';
import { attributeValues, dangers, tagsOf } from '../markup.ts';

/** A picture with the texts in it. */
interface Drawn {
  readonly svg: string;
  readonly text: string;
  readonly notes: string;
}

/** Draws a claim's figure, and checks what has to be true of every picture. */
export function drawn(figure: Picture): Drawn {
  return soundPicture(() => drawFigure(figure));
}

/** Draws, and checks what has to be true of every picture. */
export function soundPicture(draw: () => Drawing): Drawn {
  const { svg, notes } = draw();
  const tags = tagsOf(svg);
  expect(dangers(svg)).toEqual([]);
  expect(tags[0]!.name).toBe('svg');
  expect(tags[0]!.attributes.get('xmlns')).toBe('http://www.w3.org/2000/svg');
  expect(tags[0]!.attributes.get('role')).toBe('img');
  expect(tags.slice(1, 3).map(({ name }) => name)).toEqual(['title', 'desc']);
  expect(attributeValues(tags, 'id')).toEqual([]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  expect(draw().svg).toBe(svg);
  return {
    svg,
    text: svg.replace(/<(style|desc)>.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' '),
    notes: notes.join(' '),
  };
}
