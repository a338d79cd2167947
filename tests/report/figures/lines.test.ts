// Points and curves: degenerate data, large ranges, rounding noise.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinesFigure } from '../../../src/claims/figure.ts';
import { tagsOf } from '../markup.ts';
import { lines } from '../sampleFigures.ts';
import { drawn } from './drawn.ts';

const count = (svg: string, name: string): number => tagsOf(svg).filter((tag) => tag.name === name).length;

const plain: LinesFigure = { ...lines, series: [] };
const series = (points: LinesFigure['series'][number]['points'], curve?: typeof points): LinesFigure => ({
  ...plain,
  series: [curve === undefined ? { name: 'a', points } : { name: 'a', points, curve }],
});

test('lines: a symbol for every point, a path for every curve', () => {
  const { svg, text } = drawn(lines);
  for (const { name } of lines.series) expect(text).toContain(name.slice(0, 20));
  const bare = drawn(series([[1, 1]])).svg;
  // Legend symbols are counted once more for every series.
  expect(count(svg, 'path') - count(bare, 'path')).toBeGreaterThan(3);
  expect(text).toContain('L, tokens of an attempt');
});

test('indices of names are set below the line, and what follows is not', () => {
  const { svg } = drawn({ ...plain, series: [{ name: 'V_sample < 1', points: [[1, 1]] }] });
  expect(svg).toContain(
    '>V<tspan dy="0.3em" font-size="0.8em">sample</tspan><tspan dy="-0.24em">\u200b</tspan> &lt; 1<',
  );
});

test('lines: nothing, one point, equal values, and values beyond drawing', () => {
  expect(drawn(plain).text).toContain('Nothing to draw');
  expect(drawn(series([])).text).toContain('Nothing to draw');
  const nothing = drawn(series([[1, Number.NaN]], [[Number.POSITIVE_INFINITY, 1]]));
  expect(nothing.text).toContain('Nothing to draw');
  expect(nothing.notes).toBe('2 points are not finite or too large to draw, and were left out.');
  drawn(series([[3, 0.25]]));
  drawn(series([[0, 0]]));
  drawn(
    series(
      [
        [1, 5],
        [2, 5],
        [3, 5],
      ],
      [
        [1, 5],
        [3, 5],
      ],
    ),
  );
  drawn(
    series([
      [1, 1],
      [1, 2],
    ]),
  );
  drawn(
    series([
      [1, -1e300],
      [2, 1e300],
    ]),
  );
  drawn(
    series([
      [1, 1e-300],
      [2, 2e-300],
    ]),
  );
  expect(
    drawn(
      series([
        [1, 1],
        [2, Number.NaN],
        [3, 2],
      ]),
    ).notes,
  ).toBe('1 point is not finite or too large to draw, and was left out.');
});

test('lines: rounding noise around a constant is drawn as the constant it is', () => {
  const flat = drawn(
    series([
      [1, 0.25],
      [2, 0.25 + 2 ** -53],
      [3, 0.25 - 2 ** -53],
    ]),
  );
  const heights = [...flat.svg.matchAll(/translate\([\d.]+,([\d.]+)\)/g)].map(([, y]) => Number(y));
  expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(50);
  expect(flat.text).toContain('0.3');
});

test('lines: large ranges have short labels', () => {
  const { text } = drawn(
    series([
      [1, 1],
      [8, 3.2e12],
    ]),
  );
  expect(text).toMatch(/\de12/);
  expect(text).not.toMatch(/\d{8}/);
});

test('lines: any numbers give a picture', () => {
  const number = fc.double({ noNaN: false });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, number), { maxLength: 6 }),
      fc.array(fc.tuple(number, number), { maxLength: 4 }),
      (p, c) => {
        drawn(series(p, c));
      },
    ),
    { numRuns: 60 },
  );
});
