// A small trajectory tree: edges as thick as their probability, nodes coloured by advantage, rewards at the leaves.
import * as Plot from '@observablehq/plot';
import type { TreeFigure } from '../../claims/figure.ts';
import { typesetNumber, typesetSigned } from '../format.ts';
import { html } from '../html.ts';
import { colour } from '../theme.ts';
import {
  at,
  type Drawing,
  emptySheet,
  fitText,
  isDrawable,
  leftOut,
  pixels,
  sheet,
  WIDTH,
} from './canvas.ts';
import { describeTree } from './describe.ts';
import { legend, ROW, ramp, strength } from './legend.ts';
import { layoutTree } from './treeLayout.ts';

/** Larger trees are cut: a picture of thousands of leaves says nothing. */
const MOST_NODES = 240;
const ROW_HEIGHT = 34;
const SMALL = 11;
const RADIUS = 6;

/** Room left of the root, right of the leaves for rewards, and for an edge: its action and a probability. */
const LEFT = 16;
const RIGHT = 82;
const SMALLEST_STEP = 124;
const NUMBERS = 58;

type Node = TreeFigure['nodes'][number];

/** The first nodes, as far as they hang together and there are not too many. */
function shown(nodes: readonly Node[]): readonly Node[] {
  const wrong = nodes.findIndex(({ parent }, i) =>
    i === 0 ? parent !== null : !(Number.isInteger(parent) && parent! >= 0 && parent! < i),
  );
  return nodes.slice(0, Math.min(wrong < 0 ? nodes.length : wrong, MOST_NODES));
}

/** How many numbers of a tree cannot be drawn. The root's probability and advantage mean nothing. */
function undrawable(nodes: readonly Node[]): number {
  const numbers = nodes.flatMap(({ probability, advantage, reward }, i) => [
    ...(i === 0 ? [] : [probability, advantage]),
    ...(reward === null ? [] : [reward]),
  ]);
  return numbers.filter((x) => !isDrawable(x)).length;
}

/** A number, or a dash for one that cannot be drawn. */
function shownNumber(x: number, show: (x: number) => string): string {
  return isDrawable(x) ? show(x) : '–';
}

/** What a node looks like, wherever it stands. */
function look({ action, component, probability, advantage, reward }: Node, largest: number, room: number) {
  const likely = isDrawable(probability) ? Math.min(1, Math.max(0, probability)) : 0;
  const p = shownNumber(probability, (x) => typesetNumber(x, 2));
  return {
    component,
    shape: component === 'decision' ? 'square' : 'circle',
    thickness: 0.75 + 5 * likely,
    action: `${fitText(action, room, SMALL)} · ${p}`,
    advantage: shownNumber(advantage, (x) => typesetSigned(x, 2)),
    scaled: largest > 0 && isDrawable(advantage) ? advantage / largest : 0,
    reward: reward === null ? '' : `R = ${shownNumber(reward, (x) => typesetNumber(x, 4))}`,
  };
}

/** The figure as SVG, 640 wide or more for a deep tree. Numbers that cannot be drawn are left out and counted. */
export function drawTree(figure: TreeFigure): Drawing {
  const nodes = shown(figure.nodes);
  if (nodes.length === 0) return emptySheet(figure.title, 'Nothing to draw: no tree.');
  const notes = leftOut(undrawable(nodes), 'number');
  const cut = figure.nodes.length - nodes.length;
  if (cut > 0) notes.push(`The first ${nodes.length} of ${figure.nodes.length} nodes are shown.`);

  const { places, rows } = layoutTree(nodes.map((node) => node.parent));
  const deepest = Math.max(...places.map((place) => place.depth));
  const width = Math.max(WIDTH, LEFT + deepest * SMALLEST_STEP + RIGHT);
  const step = deepest === 0 ? 0 : (width - LEFT - RIGHT) / deepest;
  const height = rows * ROW_HEIGHT + 8;
  const advantages = nodes.slice(1).map((node) => Math.abs(node.advantage));
  const largest = advantages.filter(isDrawable).reduce((a, b) => Math.max(a, b), 0);
  const drawn = nodes.map((node, i) => {
    const x = LEFT + places[i]!.depth * step;
    const y = (places[i]!.row + 0.5) * ROW_HEIGHT;
    const label = x - step + RADIUS + 4;
    return { ...look(node, largest, step - NUMBERS), x, y, label, root: i === 0, parent: node.parent };
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
  const description = describeTree(nodes);
  return { svg: sheet({ title: figure.title, description, width, height: top + height }, all), notes, width };
}
