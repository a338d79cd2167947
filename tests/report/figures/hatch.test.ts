// Hatching: strokes inside their rectangle, in one direction, on one grid; what belongs to decisions has them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hatching } from '../../../src/report/figures/hatch.ts';
import { drawFigure } from '../../../src/report/figures/index.ts';
import { budget } from '../sampleFigures.ts';

const numbersOf = (markup: string): number[][] =>
  [...markup.matchAll(/M([\d.-]+),([\d.-]+)L([\d.-]+),([\d.-]+)/g)].map((m) => m.slice(1).map(Number));

test('every stroke lies inside and on the grid', () => {
  const size = fc.integer({ min: 0, max: 300 });
  fc.assert(
    fc.property(size, size, size, size, (x, y, width, height) => {
      const strokes = numbersOf(hatching([{ x1: x, y1: y, x2: x + width, y2: y + height }])?.markup ?? '');
      for (const [fromX, fromY, toX, toY] of strokes) {
        expect(Math.min(fromX!, toX!)).toBeGreaterThanOrEqual(x);
        expect(Math.max(fromX!, toX!)).toBeLessThanOrEqual(x + width);
        expect(Math.min(fromY!, toY!)).toBeGreaterThanOrEqual(y);
        expect(Math.max(fromY!, toY!)).toBeLessThanOrEqual(y + height);
        expect(fromX! + fromY!).toBeCloseTo(toX! + toY!, 6);
        expect((fromX! + fromY!) % 6).toBeCloseTo(0, 6);
      }
      if (width >= 12 && height >= 12) expect(strokes.length).toBeGreaterThan(1);
    }),
  );
});

test('a budget has strokes on the parts of decisions only, and in its legend', () => {
  const strokesOf = (decision: number): number => {
    const bars = [{ label: 'policy', sample: 1, decision }];
    return numbersOf(drawFigure({ ...budget, bars }).svg).length;
  };
  const inLegend = strokesOf(0);
  expect(inLegend).toBeGreaterThan(0);
  expect(strokesOf(0.5)).toBeGreaterThan(inLegend);
});
