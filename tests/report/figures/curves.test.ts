// Curves over steps: smoothing, thinning, spikes, gaps, bands, and any numbers and texts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Point } from '../../../src/claims/figure.ts';
import { type CurvesFigure, drawCurves } from '../../../src/report/figures/curves.ts';
import { halfWindow, smoothed, thinned } from '../../../src/report/figures/smooth.ts';
import { HOSTILE, tagsOf } from '../markup.ts';
import { soundPicture } from './drawn.ts';

const plain: CurvesFigure = { title: 'Loss', caption: '', xLabel: 'step', yLabel: 'loss', curves: [] };
const curve = (line: readonly Point[], faint?: readonly Point[]): CurvesFigure => ({
  ...plain,
  curves: [{ name: 'a', ink: 'sample', line, ...(faint === undefined ? {} : { faint }) }],
});
const drawn = (figure: CurvesFigure): ReturnType<typeof soundPicture> =>
  soundPicture(() => drawCurves(figure));
const sine = (n: number): Point[] => Array.from({ length: n }, (_, i) => [i + 1, Math.sin(i / 20)]);
const paths = (svg: string): string[] =>
  tagsOf(svg)
    .filter((tag) => tag.name === 'path')
    .map((tag) => tag.attributes.get('d') ?? '');

test('smoothed: means over the neighbours that there are', () => {
  const points: Point[] = [2, 4, 9, 1, 5].map((y, i) => [10 + i, y]);
  expect(smoothed(points, 0)).toEqual(points);
  expect(smoothed(points, 1)).toEqual([
    [10, 3],
    [11, 5],
    [12, 14 / 3],
    [13, 5],
    [14, 3],
  ]);
  expect(smoothed([], 3)).toEqual([]);
  expect([0, 40, 41, 300, 3000].map(halfWindow)).toEqual([0, 0, 2, 10, 100]);
});

test('thinned: few points are kept, of many the extremes of every bin in order', () => {
  const few = sine(20);
  expect(thinned(few, 10)).toBe(few);
  const points: Point[] = Array.from({ length: 1000 }, (_, i) => [i, i === 517 ? 99 : i === 518 ? -99 : 0]);
  const kept = thinned(points, 10);
  expect(kept).toHaveLength(20);
  expect(kept).toContainEqual([517, 99]);
  expect(kept).toContainEqual([518, -99]);
  expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b));
});

test('a line with what it was smoothed from, parts named, several curves with a legend', () => {
  const { svg, text } = drawn({
    ...plain,
    parts: [
      { label: 'base', from: 1 },
      { label: 'train', from: 60 },
    ],
    curves: [
      { name: 'total', ink: 'soft', line: sine(100), faint: sine(100), dots: [[1, 0]] },
      { name: 'decision', ink: 'decision', dash: '6 3', line: sine(100) },
    ],
  });
  for (const word of ['total', 'decision', 'base', 'train', 'step', 'loss']) expect(text).toContain(word);
  expect(svg).toContain('stroke-dasharray="6 3"');
  expect(svg).toContain('stroke="var(--gs-decision)"');
  expect(drawn(curve(sine(100))).text).not.toMatch(/\ba\b/);
});

test('a part that begins beyond the last point is not named', () => {
  const parts = [
    { label: 'base', from: 1 },
    { label: 'train', from: 300 },
  ];
  expect(drawn({ ...curve(sine(100)), parts }).text).not.toContain('train');
});

test('a spike is drawn at the edge, counted, and flattens nothing', () => {
  const faint = sine(300);
  const spiked = faint.map(([x, y], i): Point => [x, i === 150 ? 1000 : y]);
  const { notes, text } = drawn(curve(faint, spiked));
  expect(notes).toBe('1 single step lies beyond the axis and is drawn at its edge.');
  expect(text).not.toContain('1000');
  expect(text).toContain('0.5');
  expect(drawn(curve(faint, faint)).notes).toBe('');
});

test('a gap in a line, and a band around one', () => {
  const gap: Point[] = [
    [1, 1],
    [2, 2],
    [3, Number.NaN],
    [4, 2],
    [5, 1],
  ];
  const { svg, notes } = drawn(curve(gap));
  expect(paths(svg).some((d) => (d.match(/M/g) ?? []).length === 2)).toBe(true);
  expect(notes).toBe('1 point is not finite or too large to draw, and was left out.');
  const band = drawn({
    ...plain,
    curves: [
      {
        name: 'a',
        ink: 'sample',
        line: sine(9),
        band: sine(9).map(([x, y]): [number, number, number] => [x, y - 1, y + 1]),
      },
    ],
  });
  expect(band.svg).toContain('fill-opacity="0.18"');
  expect(band.text).toContain('−1');
});

test('nothing, one point, equal values, an axis that is given', () => {
  expect(drawn(plain).text).toContain('Nothing to draw');
  expect(drawn(curve([[1, Number.POSITIVE_INFINITY]])).text).toContain('Nothing to draw');
  drawn(curve([[3, 0.25]]));
  drawn(curve(sine(5).map(([x]): Point => [x, 7])));
  expect(drawn({ ...curve([[1, 0.4]]), y: [0, 1] }).text).toMatch(/\b0\b.*\b1\b/s);
});

test('ten thousand steps stay a small picture', () => {
  const many = sine(10_000);
  expect(drawn(curve(many, many)).svg.length).toBeLessThan(60_000);
});

test('any numbers give a picture', () => {
  const points = fc.array(fc.tuple(fc.nat({ max: 1e9 }), fc.double()), { maxLength: 6 });
  fc.assert(
    fc.property(points, points, (line, faint) => {
      drawn(curve(line, faint));
    }),
    { numRuns: 60 },
  );
});

test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('hostile text %j', (_, text) => {
  const names = { title: text, xLabel: text, yLabel: text, parts: [{ label: text, from: 0 }] };
  const curves = [1, 2].map(() => ({ name: text, ink: 'sample' as const, line: sine(5) }));
  const { svg } = drawn({ ...plain, ...names, curves });
  expect(svg.length).toBeLessThan(80_000);
  expect(svg).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\u2028\u202e]/u);
});
