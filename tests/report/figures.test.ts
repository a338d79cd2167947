import fc from 'fast-check';
import { DOMParser } from 'linkedom';
import { expect, test } from 'vitest';
import type {
  BudgetFigure,
  LinesFigure,
  MapFigure,
  TableFigure,
  TreeFigure,
} from '../../src/claims/figure.ts';
import { drawFigure, figureHtml, type Picture } from '../../src/report/figures/index.ts';
import { layoutTree } from '../../src/report/figures/treeLayout.ts';
import { budget, lines, map, tree } from './fixtures.ts';
import { attributeValues, dangers, HOSTILE, tagsOf } from './markup.ts';

const all: [string, Picture][] = [lines, map, budget, tree].map((figure) => [figure.kind, figure]);

/** Draws, and checks what has to be true of every picture. */
function drawn(figure: Picture): { svg: string; text: string; notes: string } {
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

const count = (svg: string, name: string): number => tagsOf(svg).filter((tag) => tag.name === name).length;

test.each(all)('%s: a stand-alone, deterministic picture that says what it is', (_, figure) => {
  const { svg, notes } = drawn(figure);
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  expect(root.getAttribute('aria-label')).toBe(figure.title);
  expect(root.querySelector('title').textContent).toBe(figure.title);
  expect(notes).toBe('');
  expect(svg).toContain('prefers-color-scheme:dark');
  // Colours come from variables, so that dark paper changes all of them.
  const fills = attributeValues(tagsOf(svg), 'fill').concat(attributeValues(tagsOf(svg), 'stroke'));
  for (const fill of fills) expect(fill).toMatch(/^(var\(--gs-[\w-]+\)|none|currentColor)$/);
});

test.each(all)('%s: on a page with a caption, next to itself', (_, figure) => {
  const { markup } = figureHtml({ ...figure, caption: 'What is seen.' });
  expect(dangers(`<div>${markup}${markup}</div>`)).toEqual([]);
  expect(markup).toContain(`<figcaption><strong>`);
  expect(markup).toContain('What is seen.</figcaption>');
});

test.each(all)('%s: hostile titles, captions and labels', (_, figure) => {
  for (const text of HOSTILE) {
    const hostile = JSON.parse(
      JSON.stringify(figure, (key, value) =>
        ['title', 'caption', 'xLabel', 'yLabel', 'unit', 'label', 'name', 'note', 'action'].includes(key)
          ? text
          : value,
      ),
    ) as Picture;
    const { svg } = drawn(hostile);
    expect(svg.length).toBeLessThan(80_000);
    expect(svg).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\u2028\u202e]/u);
    expect(dangers(figureHtml(hostile).markup)).toEqual([]);
  }
});

// Lines

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

// Map

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

// Budget

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

test('budget: widths are proportional to the parts', () => {
  const { svg } = drawn(bars([3, 1]));
  const [sample, decision] = tagsOf(svg)
    .filter(({ name, attributes }) => name === 'rect' && attributes.get('height') === '18')
    .map(({ attributes }) => Number(attributes.get('width')));
  expect(sample! / decision!).toBeCloseTo(3, 6);
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

// Tree

test('tree: probabilities, advantages, rewards; decisions are squares', () => {
  const { svg, text } = drawn(tree);
  for (const part of [
    'STOP · 0.71',
    'RESAMPLE · 0.29',
    '+0.066',
    'R = 0.95',
    'R = −0.05',
    'token (sample)',
  ]) {
    expect(text).toContain(part);
  }
  expect(text.match(/R = /g)).toHaveLength(tree.nodes.filter((node) => node.reward !== null).length);
  expect(svg).toContain('var(--gs-decision)');
});

test('tree: likely edges are thicker', () => {
  const two = (probability: number): number => {
    const [root] = tree.nodes;
    const child = { ...root!, parent: 0, action: '0', probability };
    const { svg } = drawn({ ...tree, nodes: [root!, child] });
    return Math.max(...attributeValues(tagsOf(svg), 'stroke-width').map(Number));
  };
  expect(two(1)).toBeGreaterThan(two(0.1));
});

test('tree: nothing, a root alone, numbers that are not finite, parents that are wrong, too many nodes', () => {
  const [root, ...rest] = tree.nodes;
  expect(drawn({ ...tree, nodes: [] }).text).toContain('Nothing to draw');
  drawn({ ...tree, nodes: [root!] });
  const child = rest[0]!;
  const broken = {
    ...child,
    probability: Number.NaN,
    advantage: Number.POSITIVE_INFINITY,
    reward: Number.NaN,
  };
  expect(drawn({ ...tree, nodes: [root!, broken] }).notes).toBe(
    '3 numbers are not finite or too large to draw, and were left out.',
  );
  const strange = { ...child, parent: Number.NaN };
  expect(drawn({ ...tree, nodes: [root!, child, strange] }).notes).toContain('first 2 of 3');
  const lost = { ...child, parent: 7 };
  expect(drawn({ ...tree, nodes: [root!, child, lost] }).notes).toBe('The first 2 of 3 nodes are shown.');
  expect(drawn({ ...tree, nodes: [{ ...root!, parent: 0 }] }).text).toContain('Nothing to draw');
  const many: TreeFigure = { ...tree, nodes: [root!, ...Array.from({ length: 999 }, () => child)] };
  expect(drawn(many).notes).toBe('The first 240 of 1000 nodes are shown.');
});

test('tree layout: leaves in order, parents midway, deep chains without recursion', () => {
  const { places, rows } = layoutTree([null, 0, 0, 1, 1, 2]);
  expect(rows).toBe(3);
  expect(places.map((place) => place.row)).toEqual([1.25, 0.5, 2, 0, 1, 2]);
  expect(places.map((place) => place.depth)).toEqual([0, 1, 1, 2, 2, 2]);
  const chain = layoutTree(Array.from({ length: 100_000 }, (_, i) => (i === 0 ? null : i - 1)));
  expect(chain.rows).toBe(1);
  expect(chain.places.at(-1)).toEqual({ depth: 99_999, row: 0 });
});

// Table

test('table: numbers, a dash for what is not defined, and no rows', () => {
  const table: TableFigure = {
    kind: 'table',
    title: 'Directions',
    caption: 'Against ∇J.',
    columns: ['cosine', '<b>scale'],
    rows: [
      { label: 'GRPO', values: [0.5, null] },
      { label: '<script>', values: [Number.NaN] },
    ],
  };
  const { markup } = figureHtml(table);
  expect(dangers(markup)).toEqual([]);
  expect(markup).toContain('value="0.5"');
  expect(markup.match(/–</g)).toHaveLength(2);
  expect(markup).toContain('A dash stands for a value that is not defined.');
  expect(figureHtml({ ...table, rows: [] }).markup).toContain('No rows.');
});
