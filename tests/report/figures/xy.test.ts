// The picture of a lab: panels side by side or one by one, logarithmic axes, bands, closed forms, looks that are told apart in grey.
import { expect, test } from 'vitest';
import type { LabPicture, PictureCurve, SeriesBand } from '../../../src/labs/index.ts';
import { drawXy, drawXyPanels, type XySeries } from '../../../src/report/figures/xy.ts';
import { looksOf } from '../../../src/report/figures/xyLooks.ts';
import { isOn, scaleOf } from '../../../src/report/figures/xyScales.ts';
import { attributeValues, HOSTILE, tagsOf } from '../markup.ts';
import { soundPicture } from './drawn.ts';

function band(mean: readonly number[], half = 0.1): SeriesBand {
  return { mean, low: mean.map((x) => x - half), high: mean.map((x) => x + half) };
}

const series: XySeries = {
  n: band([1, 2, 4, 8, 16], 0),
  p: band([0.1, 0.3, 0.5, 0.7, 0.9], 0.02),
  up: band([1, 2, 3, 4, 5]),
  down: band([5, 4, 3, 2, 1]),
  bound: band([3, 3, 3, 3, 3], 0),
};

const curve = (name: string, y: string, more: Partial<PictureCurve> = {}): PictureCurve => ({
  name,
  x: 'n',
  y,
  as: 'line',
  ...more,
});

function picture(curves: readonly PictureCurve[], more: object = {}): LabPicture {
  return {
    title: 'What is seen',
    caption: 'A sentence.',
    panels: [{ title: 'a panel', x: { label: 'steps' }, y: { label: 'norm' }, curves, ...more }],
  };
}

const one = picture([
  curve('rises', 'up', { as: 'both' }),
  curve('falls', 'down', { component: 'decision' }),
  curve('the bound', 'bound', { isReference: true }),
]);

test('a stand-alone picture in the colours of the theme, named and described with its numbers', () => {
  const { svg, text } = soundPicture(() => drawXy(one, series));
  expect(svg).toContain('<title>What is seen</title>');
  expect(/<desc>(.*)<\/desc>/.exec(svg)![1]).toBe(
    'a panel. Across: steps. Up: norm. rises: (1, 1), (2, 2), (4, 3), (8, 4), (16, 5). falls: (1, 5), (2, 4), (4, 3), (8, 2), (16, 1). the bound: (1, 3), (2, 3), (4, 3), (8, 3), (16, 3).',
  );
  for (const said of ['a panel', 'steps', 'norm', 'rises', 'falls', 'the bound'])
    expect(text).toContain(said);
  const paints = attributeValues(tagsOf(svg), 'fill').concat(attributeValues(tagsOf(svg), 'stroke'));
  for (const paint of paints) expect(paint).toMatch(/^(var\(--gs-[\w-]+\)|none|currentColor)$/);
  expect(svg).toContain('prefers-color-scheme:dark');
});

/** How many bands are drawn. */
function bandsIn(svg: string): number {
  return attributeValues(tagsOf(svg), 'fill-opacity').filter((opacity) => opacity === '0.18').length;
}

test('measured lines have bands, closed forms have none, dots have bars', () => {
  expect(bandsIn(drawXy(one, series).svg)).toBe(2);
  expect(bandsIn(drawXy(picture([curve('b', 'up', { isReference: true })]), series).svg)).toBe(0);
  const dots = drawXy(picture([curve('d', 'up', { as: 'dots', x: 'p' })]), series).svg;
  expect(bandsIn(dots)).toBe(0);
  const lines = tagsOf(dots).filter(
    ({ name, attributes }) => name === 'path' && /^M[\d.,-]+L[\d.,-]+$/.test(attributes.get('d') ?? ''),
  );
  // An upright bar and one across for each of five points.
  expect(lines.length).toBeGreaterThanOrEqual(10);
});

test('panels stand side by side in one picture, or alone as wide as a phone', () => {
  const three = { ...one, panels: [one.panels[0]!, one.panels[0]!, one.panels[0]!] };
  expect(drawXy(three, series).width).toBe(3 * 372);
  const alone = drawXyPanels(three, series);
  expect(alone.map(({ width }) => width)).toEqual([372, 372, 372]);
  for (const i of [0, 1, 2]) soundPicture(() => drawXyPanels(three, series)[i]!);
});

test('curves of a picture differ in dashes where they differ in colour; one name looks the same in every panel', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const plain = picture(names.map((name) => curve(name, 'up')));
  const look = looksOf(plain);
  const looks = plain.panels[0]!.curves.map(look);
  expect(new Set(looks.map(({ dash }) => dash ?? 'none')).size).toBe(names.length);
  expect(new Set(looks.map(({ symbol }) => symbol)).size).toBe(names.length);
  expect(new Set(looks.map(({ ink }) => ink)).size).toBe(names.length);
  const twice = {
    ...plain,
    panels: [plain.panels[0]!, { ...plain.panels[0]!, curves: [curve('d', 'down')] }],
  };
  expect(looksOf(twice)(twice.panels[1]!.curves[0]!)).toEqual(looks[3]);
  const mixed = picture([
    curve('s', 'up', { component: 'sample' }),
    curve('d', 'up', { component: 'decision' }),
    curve('x', 'up'),
  ]);
  const [sample, decision, other] = mixed.panels[0]!.curves.map(looksOf(mixed));
  expect([sample!.ink, sample!.dash, decision!.ink, decision!.dash]).toEqual([
    'sample',
    undefined,
    'decision',
    '7 3',
  ]);
  expect(other!.dash).toBeDefined();
});

test('logarithmic axes: ticks within, what is not above 0 is left out and said', () => {
  const log = { x: { label: 'n', scale: 'log' }, y: { label: 'y', scale: 'log' } };
  const { text, notes } = soundPicture(() =>
    drawXy(picture([curve('a', 'odd', { as: 'both' })], log), { ...series, odd: band([1, 10, 0, -1, 1000]) }),
  );
  expect(text).toContain('y, logarithmic');
  expect(notes).toBe('2 points lie beyond the axes or are no numbers, and are not drawn.');
  for (const values of [[1e-8, 1e8], [3, 4], [5], [0.2, 7, 19, 1, 2, 3, 4]]) {
    const scale = scaleOf({ label: '', scale: 'log' }, values, false)!;
    expect(scale.ticks!.every((tick) => isOn(scale, tick))).toBe(true);
    expect(scale.ticks!.length).toBeLessThan(12);
  }
  expect(scaleOf({ label: '', scale: 'log' }, [0, -3], true)).toBeUndefined();
});

test('a wide interval does not make the means flat', () => {
  const wide = { ...series, up: { ...series.up!, high: [1e6, 1e6, 1e6, 1e6, 1e6] } };
  const { text } = soundPicture(() => drawXy(picture([curve('a', 'up')]), wide));
  expect(text).not.toContain('1e6');
  expect(text).toMatch(/ 4 /);
});

test('a given domain holds; points beyond it are counted', () => {
  const given = { x: { label: 'x', domain: [0, 10] }, y: { label: 'y', domain: [0, 4] }, hasDiagonal: true };
  const { text, notes } = soundPicture(() => drawXy(picture([curve('a', 'up')], given), series));
  expect(notes).toBe('1 point lies beyond the axes or is no number, and is not drawn.');
  expect(text).toContain('y = x');
});

test('nothing to draw is said; a column that is not there is a defect', () => {
  const none = band([Number.NaN, Number.POSITIVE_INFINITY]);
  const { text } = soundPicture(() => drawXy(picture([curve('a', 'none')]), { ...series, none }));
  expect(text).toContain('Nothing to draw: no finite point.');
  expect(() => drawXy(picture([curve('a', 'nowhere')]), series)).toThrow('names a column nowhere');
});

test('hostile names, titles and labels', () => {
  for (const text of HOSTILE) {
    const hostile = picture([curve(text, 'up', { as: 'both' })], {
      title: text,
      x: { label: text },
      y: { label: text },
    });
    soundPicture(() => drawXy({ ...hostile, title: text, caption: text }, series));
  }
});
