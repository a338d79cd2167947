// Budgets: numbers, proportions, signs, missing values.
import { expect, test } from 'vitest';
import type { BudgetFigure } from '../../../src/claims/figure.ts';
import { tagsOf } from '../markup.ts';
import { budget } from '../sampleFigures.ts';
import { drawn } from './drawn.ts';

const bars = (...values: [number, number][]): BudgetFigure => ({
  ...budget,
  bars: values.map(([sample, decision], i) => ({ label: `bar ${i}`, sample, decision })),
});

test('budget: numbers and shares of every part', () => {
  const { text } = drawn(budget);
  for (const part of ['0.1623', '0.0432', '0.2055', '79 %', '21 %', '100 %', 'variance of the reward']) {
    expect(text).toContain(part);
  }
});

test('budget: widths are proportional, parts stand side by side, parts below zero left of it', () => {
  const parts = (sample: number, decision: number): { start: number; end: number }[] =>
    tagsOf(drawn(bars([sample, decision])).svg)
      .filter(({ name, attributes }) => name === 'rect' && attributes.get('height') === '18')
      .map(({ attributes }) => {
        const start = Number(attributes.get('x'));
        return { start, end: start + Number(attributes.get('width')) };
      });
  // Attributes are rounded to a thousandth of a pixel, of bars some hundred pixels long.
  const [sample, decision] = parts(3, 1);
  expect((sample!.end - sample!.start) / (decision!.end - decision!.start)).toBeCloseTo(3, 3);
  expect(decision!.start).toBeCloseTo(sample!.end, 2);
  const [below, above] = parts(-3, 1);
  expect(above!.start).toBeCloseTo(below!.end, 2);
  expect(above!.start).toBeGreaterThan(below!.start);
});

test('budget: nothing, zeros, one part below zero, values that are not finite', () => {
  expect(drawn(bars()).text).toContain('Nothing to draw');
  expect(drawn(bars([0, 0])).text).toContain('–');
  expect(drawn(bars([Number.MAX_VALUE, Number.MAX_VALUE])).text).toContain('Nothing to draw');
  drawn(bars([-1, 2], [-1, -2], [0, 1]));
  const broken = drawn(bars([1, Number.NaN], [1, 1]));
  expect(broken.notes).toBe('1 bar is not finite or too large to draw, and was left out.');
  expect(broken.text).not.toContain('bar 0');
});
