// A small trajectory tree: edges as thick as their probability, nodes coloured by advantage, rewards at the leaves.
import * as Plot from '@observablehq/plot';
import type { TreeFigure } from '../../claims/figure.ts';
import { typesetNumber, typesetSigned } from '../format.ts';
import { html } from '../html.ts';
import { colour } from '../theme.ts';
import { at, type Drawing, emptySheet, fitText, leftOut, pixels, sheet, WIDTH } from './canvas.ts';
import { legend, ROW, ramp, strength } from './legend.ts';
import { layoutTree } from './treeLayout.ts';

/** Larger trees are cut: a picture of thousands of leaves says nothing. */
const MOST_NODES = 240;
const ROW_HEIGHT = 34;
const SMALL = 10.5;
const RADIUS = 6;

/** The largest tree of the first nodes that hangs together: cut where a parent is missing or the limit is reached. */
function shown(nodes: TreeFigure['nodes']): TreeFigure['nodes'] {
  const wrong = nodes.findIndex(({ parent }, i) =>
    i === 0 ? parent !== null : parent === null || parent >= i || parent < 0,
  );
  return nodes.slice(0, Math.min(wrong < 0 ? nodes.length : wrong, MOST_NODES));
}

/** The figure as SVG, 640 wide or more for a deep tree. Numbers that are not finite are left out and counted. */
export function drawTree(figure: TreeFigure): Drawing {
  const nodes = shown(figure.nodes);
  if (nodes.length === 0) return emptySheet(figure.title, 'Nothing to draw: no tree.');
  const edges = nodes.slice(1);
  const bad = edges.filter((node) => !Number.isFinite(node.probability) || !Number.isFinite(node.advantage));
  const badRewards = nodes.filter((node) => node.reward !== null && !Number.isFinite(node.reward));
  const notes = leftOut(bad.length + badRewards.length, 'number');
  const cut = figure.nodes.length - nodes.length;
  if (cut > 0) notes.push(`The first ${nodes.length} of ${figure.nodes.length} nodes are shown.`);

  const { places, rows } = layoutTree(nodes.map((node) => node.parent));
  const deepest = Math.max(...places.map((place) => place.depth));
  const width = Math.max(WIDTH, 24 + deepest * 120 + 74);
  const step = deepest === 0 ? 0 : (width - 24 - 74) / deepest;
  const height = rows * ROW_HEIGHT + 8;
  const largest = Math.max(0, ...edges.map((node) => Math.abs(node.advantage)).filter(Number.isFinite));
  const drawn = nodes.map((node, i) => {
    const probability = Number.isFinite(node.probability) ? node.probability : 0;
    const advantage = Number.isFinite(node.advantage) ? node.advantage : Number.NaN;
    return {
      x: 16 + places[i]!.depth * step,
      y: (places[i]!.row + 0.5) * ROW_HEIGHT,
      label: 16 + (places[i]!.depth - 1) * step + RADIUS + 4,
      root: i === 0,
      component: node.component,
      shape: node.component === 'decision' ? 'square' : 'circle',
      thickness: 0.75 + 5 * Math.min(1, Math.max(0, probability)),
      action: `${fitText(node.action, step - 58, SMALL)} · ${typesetNumber(node.probability, 2)}`,
      advantage: typesetSigned(advantage, 2),
      scaled: largest === 0 || Number.isNaN(advantage) ? 0 : advantage / largest,
      reward: node.reward === null ? '' : `R = ${typesetNumber(node.reward, 4)}`,
      parent: node.parent,
    };
  });
  const links = drawn.flatMap((node) =>
    node.parent === null ? [] : [{ from: drawn[node.parent]!, to: node }],
  );
  const children = drawn.slice(1);
  const small = { textAnchor: 'start', fontSize: SMALL, fontVariant: 'tabular-nums' } as const;

  const body = pixels(width, height, [
    Plot.link(links, {
      x1: (d) => d.from.x,
      y1: (d) => d.from.y,
      x2: (d) => d.to.x,
      y2: (d) => d.to.y,
      curve: 'step-before',
      stroke: (d) => colour(d.to.component),
      strokeOpacity: 0.5,
      strokeLinejoin: 'round',
      strokeWidth: (d) => d.to.thickness,
    }),
    Plot.dot(drawn, {
      x: 'x',
      y: 'y',
      r: RADIUS,
      symbol: 'shape',
      fill: colour('paper'),
      stroke: colour('paper'),
      strokeWidth: 3,
    }),
    Plot.dot(drawn, {
      x: 'x',
      y: 'y',
      r: RADIUS,
      symbol: 'shape',
      fill: (d) => colour(d.scaled < 0 ? 'negative' : 'positive'),
      fillOpacity: (d) => strength(d.scaled),
      stroke: (d) => colour(d.root ? 'soft' : d.component),
      strokeWidth: 1.5,
    }),
    Plot.text(children, { x: 'label', y: 'y', dy: -8, text: 'action', ...small }),
    Plot.text(children, { x: 'label', y: 'y', dy: 9, text: 'advantage', fill: colour('soft'), ...small }),
    Plot.text(drawn, {
      x: 'x',
      y: 'y',
      dx: RADIUS + 6,
      text: 'reward',
      textAnchor: 'start',
      fontVariant: 'tabular-nums',
    }),
  ]);
  const key = legend(
    [
      { label: 'token (sample)', symbol: 'circle', fill: colour('paper'), stroke: colour('sample') },
      { label: 'decision', symbol: 'square', fill: colour('paper'), stroke: colour('decision') },
    ],
    2,
  );
  const limit = typesetNumber(largest, 2);
  const colours = ramp(8, `advantage −${limit}`, `+${limit}`, width);
  const top = key.height + ROW + 10;
  const reading = html`<text x="${width - 8}" y="14" text-anchor="end" fill="${colour('soft')}">edges: action · probability, advantage below</text>`;
  const all = html`${key.body}${reading}${at(0, key.height, colours)}${at(0, top, body)}`;
  return { svg: sheet(figure.title, width, top + height, all), notes };
}
