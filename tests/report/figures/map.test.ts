// Maps of weights: scaling by row, missing values, many columns.
import { expect, test } from 'vitest';
import type { MapFigure } from '../../../src/claims/figure.ts';
import { attributeValues, tagsOf } from '../markup.ts';
import { map } from '../sampleFigures.ts';
import { drawn } from './drawn.ts';

const row = (values: number[], note = ''): MapFigure['rows'][number] => ({ label: 'row', values, note });
const columns = (n: number): MapFigure['columns'] =>
  Array.from({ length: n }, (_, i) => ({ label: `t${i}`, component: i % 3 === 2 ? 'decision' : 'sample' }));

test('map: every weight with its number, every row with its note, columns by component', () => {
  const { svg, text } = drawn(map);
  expect(text.match(/not balanced/g)).toHaveLength(3);
  expect(text).toContain('−0.313');
  expect(text).toContain('d₂');
  expect(svg).toContain('var(--gs-decision)');
  expect(svg).toContain('var(--gs-negative)');
});

test('map: a row is scaled by its own largest magnitude, a row of zeros stays empty', () => {
  const opacities = (values: number[]): string[] => {
    const { svg } = drawn({ ...map, columns: columns(values.length), rows: [row(values)] });
    return attributeValues(tagsOf(svg), 'fill-opacity').slice(-values.length);
  };
  expect(opacities([1e-9, -2e-9])).toEqual(['0.5', '1']);
  expect(opacities([0, 0])).toEqual(['0', '0']);
});

test('map: nothing, values that are not finite or missing, many columns', () => {
  expect(drawn({ ...map, rows: [] }).text).toContain('Nothing to draw');
  expect(drawn({ ...map, columns: [] }).text).toContain('Nothing to draw');
  const broken = drawn({
    ...map,
    columns: columns(4),
    rows: [row([1, Number.NaN, Number.NEGATIVE_INFINITY])],
  });
  expect(broken.notes).toBe('3 weights are not finite or too large to draw, and were left out.');
  const wide = drawn({
    ...map,
    columns: columns(200),
    rows: [row(Array.from({ length: 200 }, (_, i) => Math.sin(i)))],
  });
  expect(wide.text).not.toContain('0.84');
});

test('map: groups have names and room between them, and one scale', () => {
  const grouped: MapFigure = {
    ...map,
    columns: columns(4),
    groups: [
      { label: 'the first', columns: 3 },
      { label: 'the second', columns: 1 },
    ],
    rows: [row([1, 1, 1, -4])],
  };
  const { svg, text } = drawn(grouped);
  expect(text).toContain('the first');
  expect(text).toContain('the second');
  expect(attributeValues(tagsOf(svg), 'fill-opacity').slice(-4)).toEqual(['0.25', '0.25', '0.25', '1']);
  const strip = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="8"/g)].map(
    ([, x, width]) => [Number(x), Number(x) + Number(width)],
  );
  expect(strip).toHaveLength(4);
  const gap = (i: number): number => strip[i]![0]! - strip[i - 1]![1]!;
  expect(gap(1)).toBeCloseTo(gap(2), 6);
  expect(gap(3)).toBeGreaterThan(gap(2) + 5);
});
