// Pictures of experiments, dots over seeds and swaps: numbers that are missing, equal or huge, and any texts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Estimate } from '../../../src/documents/evaluation.ts';
import { type Dot, type DotsFigure, drawDots } from '../../../src/report/figures/dots.ts';
import { drawSwap, type SwapFigure, type SwapPanel } from '../../../src/report/figures/swap.ts';
import { gridOf } from '../../../src/training/index.ts';
import { HOSTILE, tagsOf } from '../markup.ts';
import { soundPicture } from './drawn.ts';

const estimate = (mean: number, half = 0.01): Estimate => ({ mean, ci95: [mean - half, mean + half] });
const dot = (mean: number): Dot => ({ ...estimate(mean), bySeed: [mean - 0.01, mean, mean + 0.01] });
const dots = (label: string, id: number, ood: number): DotsFigure => ({
  title: 'accuracy',
  caption: '',
  rows: [{ label, ink: 'sample', id: dot(id), ood: dot(ood) }],
});
const panel = (label: string, value: (cell: string) => number, gain: number): SwapPanel => ({
  label,
  accuracy: gridOf((cell) => estimate(value(cell))),
  shapley: { sample: estimate(gain), decision: estimate(-gain) },
});
const swap = (text: string, value: (cell: string) => number, gain = 0.05): SwapFigure => ({
  title: text,
  caption: '',
  a: text,
  b: text,
  panels: [panel(text, value, gain), panel(text, value, gain)],
  full: 0.8,
  gains: [-0.1, 0.1],
});
test('dots: one for each split, hollow and filled; what is not finite is left out and counted', () => {
  const both = soundPicture(() => drawDots(dots('RL', 0.5, 0.4)));
  expect(both.text).toContain('RL');
  const one = soundPicture(() => drawDots(dots('RL', 0.5, Number.NaN)));
  expect(one.notes).toBe('1 dot is not finite or too large to draw, and was left out.');
  const none = soundPicture(() => drawDots(dots('RL', Number.NaN, Number.NaN)));
  expect(none.text).toContain('Nothing to draw');
  soundPicture(() => drawDots(dots('RL', 0, 0)));
});

test('swap: the four accuracies, shades in proportion, signs of the gains', () => {
  const accuracy: Record<string, number> = { 'a/a': 0.2, 'a/b': 0.4, 'b/a': 0.6, 'b/b': 0.8 };
  const { svg, text } = soundPicture(() => drawSwap(swap('RL', (cell) => accuracy[cell]!)));
  for (const value of Object.values(accuracy)) expect(text).toContain(value.toFixed(3));
  const shades = tagsOf(svg).flatMap(({ attributes }) => attributes.get('fill-opacity') ?? []);
  expect(shades.slice(0, 4)).toEqual(['0.25', '0.5', '0.75', '1']);
  expect(text).toContain('+0.05 [0.04, 0.06]');
  expect(text).toContain('−0.05 [−0.06, −0.04]');
});

test('swap: dashes where nothing was measured', () => {
  const { text } = soundPicture(() => drawSwap(swap('RL', () => Number.NaN, Number.NaN)));
  expect(text.match(/–/g)).toHaveLength(12);
});

test('any numbers give a picture', () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), (x, y) => {
      soundPicture(() => drawDots(dots('a', x, y)));
      soundPicture(() => drawSwap(swap('a', () => x, y)));
    }),
    { numRuns: 40 },
  );
});

test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('hostile text %j', (_, text) => {
  for (const draw of [() => drawDots(dots(text, 0.5, 0.4)), () => drawSwap(swap(text, () => 0.5))]) {
    const { svg } = soundPicture(draw);
    expect(svg.length).toBeLessThan(80_000);
    expect(/[^\P{Cc}\n]|[\p{Cs}\u2028\u202e]/u.test(svg)).toBe(false);
  }
});
