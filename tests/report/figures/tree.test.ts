// Trees: labels, thickness, wrong parents, missing values, and the layout.
import { expect, test } from 'vitest';
import type { TreeFigure } from '../../../src/claims/figure.ts';
import { layoutTree } from '../../../src/report/figures/treeLayout.ts';
import { attributeValues, tagsOf } from '../markup.ts';
import { tree } from '../sampleFigures.ts';
import { drawn } from './drawn.ts';

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
