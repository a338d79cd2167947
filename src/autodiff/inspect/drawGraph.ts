// Drawings of the graph behind a tensor: DOT for Graphviz, or a self-contained SVG.
import { InputError, showShape } from '../../base/errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { nameOf } from '../trace/names.ts';
import { type Node, nodeOf } from '../trace/node.ts';

/** A node and how far it is from the leaves: the longest way counts. */
interface Placed {
  readonly node: Node;
  readonly layer: number;
}

/** All nodes that the value depends on, ids ascending. A walk with a list of open nodes: depth does not matter. */
function nodesBehind(value: Tensor): Placed[] {
  const top = nodeOf(value);
  if (top === undefined) {
    throw new InputError('drawGraph: the tensor has no graph; call it inside the function of a transform');
  }
  const found = new Set<Node>();
  const open = [top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    for (const parent of node.parents) if (parent !== undefined) open.push(parent);
  }
  const layers = new Map<Node, number>();
  return [...found]
    .sort((a, b) => a.id - b.id)
    .map((node) => {
      const below = node.parents.map((parent) => (parent === undefined ? -1 : layers.get(parent)!));
      const layer = 1 + Math.max(-1, ...below);
      layers.set(node, layer);
      return { node, layer };
    });
}

/** What a node says of itself, in lines: its name if it has one, op and shape. */
function linesOf(node: Node): string[] {
  const name = nameOf(node);
  const op = node.parents.every((parent) => parent === undefined) ? node.output.origin : node.op.name;
  return [...(name === undefined ? [] : [name]), `${op} ${showShape(node.output.shape)}`];
}

/**
 * The graph of everything that a tensor was computed from, as far as running transforms track it.
 * @param value a tensor of any shape inside a differentiated function, or the value that `vjp` returned
 * @param format `dot`: text for Graphviz; `svg`: a picture that needs nothing else
 * @throws InputError if the tensor is not tracked
 * @example
 * ```ts
 * import { drawGraph, exp, tensor, vjp } from 'gradsplit/autodiff';
 * const { value } = vjp(({ x }) => exp(x), { x: tensor([1]) });
 * drawGraph(value, 'dot').split('\n')[0]; // → 'digraph gradsplit {'
 * ```
 */
export function drawGraph(value: Tensor, format: 'dot' | 'svg'): string {
  const nodes = nodesBehind(value);
  return format === 'dot' ? dot(nodes) : svg(nodes);
}

function dot(nodes: readonly Placed[]): string {
  const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const lines = ['digraph gradsplit {', '  rankdir=LR;', '  node [shape=box];'];
  for (const { node } of nodes) {
    lines.push(`  n${node.id} [label="${linesOf(node).map(quoted).join('\\n')}"];`);
    for (const parent of node.parents)
      if (parent !== undefined) lines.push(`  n${parent.id} -> n${node.id};`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

const CELL = { width: 170, height: 54, gapX: 40, gapY: 14, margin: 10 };

function svg(nodes: readonly Placed[]): string {
  const filled: number[] = [];
  const places = new Map<Node, { x: number; y: number }>();
  for (const { node, layer } of nodes) {
    const row = filled[layer] ?? 0;
    filled[layer] = row + 1;
    places.set(node, {
      x: CELL.margin + layer * (CELL.width + CELL.gapX),
      y: CELL.margin + row * (CELL.height + CELL.gapY),
    });
  }
  const width = 2 * CELL.margin + filled.length * (CELL.width + CELL.gapX) - CELL.gapX;
  const rows = filled.reduce((most, n) => Math.max(most, n), 0);
  const height = 2 * CELL.margin + rows * (CELL.height + CELL.gapY) - CELL.gapY;
  const edges = nodes.flatMap(({ node }) =>
    node.parents.flatMap((parent) =>
      parent === undefined ? [] : [edge(places.get(parent)!, places.get(node)!)],
    ),
  );
  const boxes = nodes.map(({ node }) => box(node, places.get(node)!));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>Graph of ${nodes.length} nodes</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...edges,
    ...boxes,
    '</svg>\n',
  ].join('\n');
}

function edge(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const [x1, y1, x2, y2] = [from.x + CELL.width, from.y + CELL.height / 2, to.x, to.y + CELL.height / 2];
  const bend = Math.max(CELL.gapX, (x2 - x1) / 2);
  return `<path d="M ${x1} ${y1} C ${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="#7a7a7a"/>`;
}

function box(node: Node, { x, y }: { x: number; y: number }): string {
  const isLeaf = node.parents.every((parent) => parent === undefined);
  const lines = linesOf(node);
  const texts = lines.map((line, i) => {
    const middle = y + CELL.height / 2 + 5 + (i - (lines.length - 1) / 2) * 17;
    return `<text x="${x + CELL.width / 2}" y="${middle}" text-anchor="middle" fill="#1a1a1a">${escaped(shortened(line))}</text>`;
  });
  const fill = isLeaf ? '#dbe9f6' : '#f4f4f2';
  const rect = `<rect x="${x}" y="${y}" width="${CELL.width}" height="${CELL.height}" rx="6" fill="${fill}" stroke="#4a4a4a"/>`;
  return `<g><title>${escaped(`node ${node.id}: ${lines.join(', ')}`)}</title>${rect}${texts.join('')}</g>`;
}

/** As much of a line as fits a box; the title has all of it. */
function shortened(line: string): string {
  const characters = [...line];
  return characters.length <= 22 ? line : `${characters.slice(0, 21).join('')}…`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
